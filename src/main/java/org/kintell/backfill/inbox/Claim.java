package org.kintell.backfill.inbox;

import java.nio.file.Path;
import java.util.UUID;
import org.kintell.backfill.job.Upload;

/**
 * A file taken out of the inbox, which lies in {@code .claimed/<owner>/<jobId>/<name>}: so whoever
 * finds it after a crash knows which job it was to become.
 *
 * @param owner the number of the process that took it
 */
public record Claim(long owner, UUID jobId, Path file) {

  static final String FOLDER = ".claimed";

  static Claim of(Path file) {
    Path job = file.getParent();
    return new Claim(
        Long.parseLong(job.getParent().getFileName().toString()),
        UUID.fromString(job.getFileName().toString()),
        file);
  }

  String name() {
    return file.getFileName().toString();
  }

  public Upload upload() {
    return new Upload(jobId, name(), file, Upload.Origin.INBOX);
  }
}
