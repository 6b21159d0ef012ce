package org.kintell.backfill.inbox;

import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;
import org.kintell.backfill.job.JobScoped;
import org.kintell.backfill.start.Upload;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A file taken out of the inbox, which lies in {@code
 * .claimed/<owner>/<jobId>_<length>_<modified>/<name>}: after a crash, another process can tell
 * which job it was to become, and whether somebody went on writing to it.
 *
 * @param owner the number of the process that took it, or adopted it
 * @param taken what it was when it was taken; null where that was not written down
 */
public record Claim(long owner, UUID jobId, FileVersion taken, Path file) implements JobScoped {

  private static final Logger LOG = LoggerFactory.getLogger(Claim.class);

  static final String FOLDER = ".claimed";

  /** Names that are taken out of the inbox. Others are of strays, or of parts. */
  private static final Pattern NAME = Pattern.compile("(?is)[^.].*[.](csv([.]gz)?|zip)");

  private static final Set<Integer> DISGUISES =
      Set.of(
          (int) Character.CONTROL,
          (int) Character.FORMAT,
          (int) Character.SURROGATE,
          (int) Character.LINE_SEPARATOR,
          (int) Character.PARAGRAPH_SEPARATOR);

  /** Whether files of this name are taken out of the inbox. */
  static boolean isName(String name) {
    return NAME.matcher(name).matches();
  }

  /** The folder of a claim, within that of its owner. */
  static String folder(UUID jobId, FileVersion taken) {
    return "%s_%d_%d".formatted(jobId, taken.length(), taken.modified());
  }

  /** The claim of a file; empty where that lies elsewhere or is another one, which nobody took. */
  static Optional<Claim> of(Path file) {
    if (!isName(file.getFileName().toString())) {
      return Optional.empty();
    }
    Path job = file.getParent();
    String[] parts = job.getFileName().toString().split("_", 3);
    try {
      return Optional.of(
          new Claim(
              Long.parseLong(job.getParent().getFileName().toString()),
              UUID.fromString(parts[0]),
              taken(parts),
              file));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /** Earlier versions of this service did not write all of it down. */
  private static FileVersion taken(String... parts) {
    if (parts.length == 1) {
      return null;
    }
    return new FileVersion(
        Long.parseLong(parts[1]),
        parts.length == 2 ? FileVersion.UNKNOWN : Long.parseLong(parts[2]));
  }

  String name() {
    return file.getFileName().toString();
  }

  /** The name as it may stand in a log. */
  String shownName() {
    return shown(name());
  }

  /** A file's name without what could break or disguise a line of a log. */
  static String shown(String name) {
    StringBuilder clean = new StringBuilder();
    name.codePoints()
        .map(c -> DISGUISES.contains(Character.getType(c)) ? '_' : c)
        .forEach(clean::appendCodePoint);
    return clean.toString();
  }

  Path folder() {
    return file.getParent();
  }

  /**
   * Where something is written that is to lie beside the file. In the claim's folder, so no other
   * process uses it, and it moves with the claim when that is adopted.
   */
  Path part() {
    return folder().resolve(".beside.part");
  }

  /** What is to be imported of it: what it was when it was taken, or is now. */
  FileVersion version() throws IOException {
    return taken == null ? FileVersion.of(file) : taken;
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
