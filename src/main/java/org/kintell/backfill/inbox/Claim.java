package org.kintell.backfill.inbox;

import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;
import org.kintell.backfill.job.OfJob;
import org.kintell.backfill.job.Upload;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A file taken out of the inbox, which lies in {@code .claimed/<owner>/<jobId>_<length>/<name>}: so
 * whoever finds it after a crash knows which job it was to become, and whether somebody went on
 * writing to it.
 *
 * @param owner the number of the process that took it, or adopted it
 * @param length the file's, in bytes, when it was taken; null where nobody wrote it down
 */
public record Claim(long owner, UUID jobId, Long length, Path file) implements OfJob {

  private static final Logger LOG = LoggerFactory.getLogger(Claim.class);

  static final String FOLDER = ".claimed";

  /** Names that are taken out of the inbox. Others are of strays, or of parts. */
  private static final Pattern NAME = Pattern.compile("(?is)[^.].*[.](csv([.]gz)?|zip)");

  /** The folder, within the inbox, that a file is claimed into: a job of its own. */
  static String folder(long owner, UUID jobId, long length) {
    return "%s/%d/%s_%d".formatted(FOLDER, owner, jobId, length);
  }

  /** The claim of a file; empty where that lies elsewhere or is another one, which nobody took. */
  static Optional<Claim> of(Path file) {
    if (!NAME.matcher(file.getFileName().toString()).matches()) {
      return Optional.empty();
    }
    Path job = file.getParent();
    String[] parts = job.getFileName().toString().split("_", 2);
    try {
      return Optional.of(
          new Claim(
              Long.parseLong(job.getParent().getFileName().toString()),
              UUID.fromString(parts[0]),
              parts.length == 1 ? null : Long.valueOf(parts[1]),
              file));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  String name() {
    return file.getFileName().toString();
  }

  Path folder() {
    return file.getParent();
  }

  /**
   * Where something is written that is to lie beside the file. In the claim's folder, so no other
   * process uses it, and whoever adopts the claim takes it away from who had it.
   */
  Path part() {
    return folder().resolve(".beside.part");
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

  /** Moves the file out of its folder, which goes; false if it is not there, or the target is. */
  boolean moveTo(Path target) throws IOException {
    if (!move(file, target)) {
      return false;
    }
    Files.deleteIfExists(part());
    try {
      Files.deleteIfExists(folder());
    } catch (DirectoryNotEmptyException e) {
      LOG.debug("{} stays: somebody put something there", folder());
    }
    return true;
  }

  /** Moves what was written to the part; false if it is not there, or the target is. */
  boolean movePartTo(Path target) throws IOException {
    return move(part(), target);
  }

  private static boolean move(Path from, Path target) throws IOException {
    try {
      Files.move(from, target);
      return true;
    } catch (NoSuchFileException e) {
      LOG.debug("{} was taken over by another process", from);
    } catch (FileAlreadyExistsException e) {
      LOG.debug("{} appeared meanwhile; the next look finds a free name", target);
    }
    return false;
  }
}
