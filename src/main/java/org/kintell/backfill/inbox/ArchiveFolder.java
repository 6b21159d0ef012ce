package org.kintell.backfill.inbox;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.kintell.backfill.file.FileType;
import org.kintell.backfill.folder.FileModes;
import org.kintell.backfill.folder.OwnFolder;

/**
 * {@code done} or {@code failed}: each file next to its error file or reason, under the same name
 * with another type. Nothing in it is overwritten.
 */
final class ArchiveFolder {

  static final String ERRORS = ".errors.csv";
  static final String REASON = ".reason.txt";

  /** A name is taken if it exists with any of these types. */
  private static final List<String> TYPES =
      Stream.concat(
              Arrays.stream(FileType.values())
                  .map(FileType::ending)
                  .flatMap(ArchiveFolder::inAnyCase),
              Stream.of(ERRORS, REASON))
          .toList();

  private final OwnFolder folder;
  private final RecentlyArchivedFiles recent;
  private final FileModes modes;

  ArchiveFolder(OwnFolder folder, RecentlyArchivedFiles recent, FileModes modes) {
    this.modes = modes;
    this.folder = folder;
    this.recent = recent;
  }

  /**
   * The path of a file in this folder.
   *
   * @throws FileSystemException if the folder is a link or belongs to another user
   */
  Path file(String name) throws IOException {
    return folder.checked().resolve(name);
  }

  private static Stream<String> inAnyCase(String type) {
    Stream<String> spellings = Stream.of("");
    for (char c : type.toCharArray()) {
      spellings =
          spellings.flatMap(
              start -> Stream.of(c, Character.toUpperCase(c)).distinct().map(end -> start + end));
    }
    return spellings;
  }

  /**
   * Writes what lies beside a claimed file, then moves the file here and returns its new path;
   * empty if that must be retried.
   */
  Optional<Path> put(Claim claim, InboxOutcome outcome) throws IOException {
    if (outcome.type() != null) {
      Files.deleteIfExists(claim.part());
      outcome.write(claim.part(), modes);
    }
    return place(claim, outcome.type());
  }

  /**
   * One at a time over all processes, so that no two choose the same name. The note is written
   * first: a process that dies in between leaves a harmless note without a file.
   */
  private Optional<Path> place(Claim claim, String type) throws IOException {
    return recent.alone(
        () -> {
          Path target = free(folder.made(modes), claim, type);
          if (type != null) {
            Path beside = beside(target, type);
            if (!Files.exists(beside) && !claim.movePartTo(beside)) {
              return Optional.empty();
            }
          }
          recent.note(target, claim);
          return claim.moveTo(target) ? Optional.of(target) : Optional.empty();
        });
  }

  /** Moves a file out. Its reason is deleted, its error file gets a time stamp in its name. */
  void takeBack(Path file, Path target) throws IOException {
    Path parameters = FileParameters.beside(file);
    if (Files.exists(parameters, LinkOption.NOFOLLOW_LINKS)) {
      Files.move(parameters, FileParameters.beside(target));
    }
    Files.move(file, target);
    Files.deleteIfExists(beside(file, REASON));
    Path errors = beside(file, ERRORS);
    if (Files.exists(errors)) {
      String name = file.getFileName().toString();
      Files.move(errors, beside(UniqueFileNames.stamped(folder.path(), name), ERRORS));
    }
  }

  private static Path free(Path folder, Claim claim, String type) throws IOException {
    Path plain = UniqueFileNames.plain(folder, claim.name());
    for (String other : TYPES) {
      Path file = beside(plain, other);
      // A dangling link takes a name, too.
      boolean isTaken = Files.exists(file, LinkOption.NOFOLLOW_LINKS);
      if (isTaken && !(other.equals(type) && isPutAlready(claim, file))) {
        return UniqueFileNames.stamped(folder, claim.name());
      }
    }
    return plain;
  }

  /** Another process may have got this far with the same claim before it died. */
  private static boolean isPutAlready(Claim claim, Path file) throws IOException {
    return Files.mismatch(claim.part(), file) < 0;
  }

  private static Path beside(Path file, String type) {
    return file.resolveSibling(FileType.stem(file.getFileName().toString()) + type);
  }
}
