package org.kintell.backfill.inbox;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import org.kintell.backfill.job.OfJob;
import org.kintell.backfill.job.Upload;

/**
 * A file taken out of the inbox, which lies in {@code .claimed/<owner>/<jobId>_<length>/<name>}: so
 * whoever finds it after a crash knows which job it was to become, and whether somebody went on
 * writing to it.
 *
 * @param owner the number of the process that took it
 * @param length the file's, in bytes, when it was taken; null where nobody wrote it down
 */
public record Claim(long owner, UUID jobId, Long length, Path file) implements OfJob {

  static final String FOLDER = ".claimed";

  /** The folder, within the inbox, that a file is claimed into: a job of its own. */
  static String folder(long owner, UUID jobId, long length) {
    return "%s/%d/%s_%d".formatted(FOLDER, owner, jobId, length);
  }

  static Claim of(Path file) {
    Path job = file.getParent();
    String[] parts = job.getFileName().toString().split("_", 2);
    return new Claim(
        Long.parseLong(job.getParent().getFileName().toString()),
        UUID.fromString(parts[0]),
        parts.length == 1 ? null : Long.valueOf(parts[1]),
        file);
  }

  String name() {
    return file.getFileName().toString();
  }

  /**
   * Whether somebody wrote to it since. Its time does not tell: network file systems may set that
   * later than they write.
   */
  boolean hasGrown() throws IOException {
    return length != null && Files.exists(file) && Files.size(file) > length;
  }

  public Upload upload() {
    return new Upload(jobId, name(), file, Upload.Origin.INBOX);
  }
}
