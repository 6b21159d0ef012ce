package org.kintell.backfill.inbox;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.kintell.backfill.folder.FileModes;
import org.kintell.backfill.folder.OwnFolder;

/**
 * A folder for files that are done with, each with what there is to say about it beside it, under
 * the same name but for the type. Nothing that lies there is replaced.
 */
final class ArchiveFolder {

  static final String ERRORS = ".errors.csv";
  static final String REASON = ".reason.txt";

  /**
   * With one of these a name is taken for all of them: what lies beside a file could be another's.
   */
  private static final List<String> TYPES =
      Stream.concat(
              Stream.of(".csv", ".csv.gz", ".zip").flatMap(ArchiveFolder::inAnyCase),
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
   * Where a file of this folder lies.
   *
   * @throws FileSystemException where somebody else's link or folder is in its place
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

  /** Puts a claimed file here, and gives its new path; empty if that has to be tried again. */
  Optional<Path> put(Claim claim) throws IOException {
    return place(claim, null);
  }

  /** The same, and before it what is to lie beside it: whoever sees the file finds that, too. */
  Optional<Path> put(Claim claim, String type, InputStream content) throws IOException {
    Files.deleteIfExists(claim.part());
    try (OutputStream part = Channels.newOutputStream(modes.create(claim.part()))) {
      content.transferTo(part);
    }
    return place(claim, type);
  }

  /**
   * One at a time, over all processes: two must not find the same name free. It is noted before it
   * is done: a process that dies in between leaves a note of nothing.
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

  /**
   * Takes a file away. The rejects beside it make room for those of the next time; the reason
   * beside it is one no more.
   */
  void takeBack(Path file, Path target) throws IOException {
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
      // A link to nowhere takes a name, too.
      boolean isTaken = Files.exists(file, LinkOption.NOFOLLOW_LINKS);
      if (isTaken && !(other.equals(type) && isPutAlready(claim, file))) {
        return UniqueFileNames.stamped(folder, claim.name());
      }
    }
    return plain;
  }

  /** A process that died, or was taken for dead, may have come so far with the same claim. */
  private static boolean isPutAlready(Claim claim, Path file) throws IOException {
    return Files.mismatch(claim.part(), file) < 0;
  }

  private static Path beside(Path file, String type) {
    return file.resolveSibling(UniqueFileNames.stem(file) + type);
  }
}
