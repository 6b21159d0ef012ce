package org.kintell.backfill.inbox;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import org.kintell.backfill.job.OfJob;
import org.kintell.backfill.job.Upload;

/**
 * A file taken out of the inbox, which lies in {@code
 * .claimed/<owner>/<jobId>_<length>_<modified>/<name>}: so whoever finds it after a crash knows
 * which job it was to become, and whether somebody went on writing to it.
 *
 * @param owner the number of the process that took it
 * @param state the file's length and time when it was taken; empty where nobody wrote them down
 */
public record Claim(long owner, UUID jobId, String state, Path file) implements OfJob {

  static final String FOLDER = ".claimed";

  /** The folder, within the inbox, that a file is claimed into: a job of its own. */
  static String folder(long owner, UUID jobId, long length, long modified) {
    return "%s/%d/%s_%s".formatted(FOLDER, owner, jobId, state(length, modified));
  }

  private static String state(long length, long modified) {
    return length + "_" + modified;
  }

  static Claim of(Path file) {
    Path job = file.getParent();
    String[] parts = job.getFileName().toString().split("_", 2);
    return new Claim(
        Long.parseLong(job.getParent().getFileName().toString()),
        UUID.fromString(parts[0]),
        parts.length == 1 ? "" : parts[1],
        file);
  }

  String name() {
    return file.getFileName().toString();
  }

  /** Whether the file is another than the one that was taken. */
  boolean hasChanged() throws IOException {
    return !state.isEmpty()
        && Files.exists(file)
        && !state.equals(state(Files.size(file), Files.getLastModifiedTime(file).toMillis()));
  }

  public Upload upload() {
    return new Upload(jobId, name(), file, Upload.Origin.INBOX);
  }
}
