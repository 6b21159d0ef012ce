package org.kintell.backfill.cli.job;

import java.util.List;
import org.kintell.backfill.cli.service.LocalFile;
import org.kintell.backfill.cli.terminal.Progress;
import org.kintell.backfill.cli.terminal.Progress.Step;
import org.kintell.backfill.cli.terminal.Text;

/**
 * Shows how much of a file has been sent.
 *
 * @param number of the file's line in the progress
 */
public record UploadSteps(LocalFile file, Progress progress, int number) {

  /** Shows that so many bytes were sent. */
  public void sent(long bytes) {
    boolean all = bytes == file.size();
    progress.show(
        number,
        new Step(
            file.name(),
            all ? "uploaded" : "uploading",
            List.of(
                bytes * 100 / file.size() + " %",
                "%s of %s".formatted(Text.size(bytes), Text.size(file.size())))));
  }
}
