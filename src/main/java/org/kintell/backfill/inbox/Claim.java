package org.kintell.backfill.inbox;

import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.kintell.backfill.file.FileType;
import org.kintell.backfill.job.JobScoped;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A claimed inbox file: {@code .claimed/<owner>/<jobId>_<length>_<modified>/<name>}. After a crash,
 * another process can read its job from the path, and whether the file has changed.
 *
 * @param owner the number of the process that claimed it last
 * @param taken its version when it was claimed; null if unknown
 */
public record Claim(long owner, UUID jobId, FileVersion taken, Path file) implements JobScoped {

  private static final Logger LOG = LoggerFactory.getLogger(Claim.class);

  static final String FOLDER = ".claimed";

  private static final Set<Integer> DISGUISES =
      Set.of(
          (int) Character.CONTROL,
          (int) Character.FORMAT,
          (int) Character.SURROGATE,
          (int) Character.LINE_SEPARATOR,
          (int) Character.PARAGRAPH_SEPARATOR);

  /** Whether files of this name are imported. */
  static boolean isName(String name) {
    return !isTemporary(name) && FileType.of(name).isPresent();
  }

  /** Whether a program is still writing the file, or uses it for itself. */
  static boolean isTemporary(String name) {
    return name.startsWith(".") || name.startsWith("~$");
  }

  /** The name of a claim's folder. */
  static String folder(UUID jobId, FileVersion taken) {
    return "%s_%d_%d".formatted(jobId, taken.length(), taken.modified());
  }

  /** The claim that a path denotes, if any. */
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

  /** Earlier versions of this service stored no length or time. */
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

  String shownName() {
    return shown(name());
  }

  /** A file's name without characters that could break or disguise a log line. */
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

  /** Temporary file for the content that accompanies the file; moves with the claim. */
  Path part() {
    return folder().resolve(".beside.part");
  }

  /** Holds one byte for each attempt to read the file that began; moves with the claim. */
  private Path attemptsFile() {
    return folder().resolve(".attempts");
  }

  /** How many attempts to read the file began. */
  int attempts() throws IOException {
    try {
      return (int) Files.size(attemptsFile());
    } catch (NoSuchFileException e) {
      return 0;
    }
  }

  /** Notes, so that the end of the process does not undo it, that an attempt begins. */
  void countAttempt() {
    try {
      Files.write(
          attemptsFile(), new byte[] {'.'}, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    } catch (IOException e) {
      // As on a full disk, which is no reason not to import.
      LOG.debug("{} is not counted: {}", file, e.toString());
    }
  }

  void forgetAttempts() {
    try {
      Files.deleteIfExists(attemptsFile());
    } catch (IOException e) {
      LOG.debug("{} stays: {}", attemptsFile(), e.toString());
    }
  }

  /** Its version when it was claimed; if unknown, the current one. */
  FileVersion version() throws IOException {
    return taken == null ? FileVersion.of(file) : taken;
  }

  /** The parameters that accompany the file, if any. */
  Path parameters() {
    return FileParameters.beside(file);
  }

  /** Moves the file and removes its folder; false if it is missing or the target exists. */
  boolean moveTo(Path target) throws IOException {
    if (!move(file, target)) {
      return false;
    }
    Files.deleteIfExists(part());
    forgetAttempts();
    move(parameters(), FileParameters.beside(target));
    try {
      Files.deleteIfExists(folder());
    } catch (DirectoryNotEmptyException e) {
      LOG.debug("{} is not empty and stays", folder());
    }
    return true;
  }

  /** Moves the temporary file; false if it is missing or the target exists. */
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
      LOG.debug("{} exists by now; the next attempt chooses another name", target);
    }
    return false;
  }
}
