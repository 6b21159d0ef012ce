package org.kintell.backfill.inbox;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A folder for files that are done with, each with what there is to say about it beside it, under
 * the same name but for the type. Nothing that lies there is replaced.
 */
final class Shelf {

  static final String ERRORS = ".errors.csv";
  static final String REASON = ".reason.txt";

  /**
   * With one of these a name is taken for all of them: what lies beside a file could be another's.
   */
  private static final List<String> TYPES =
      Stream.concat(
              Stream.of(".csv", ".csv.gz", ".zip").flatMap(Shelf::inAnyCase),
              Stream.of(ERRORS, REASON))
          .toList();

  private final Path folder;

  Shelf(Path folder) {
    this.folder = folder;
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

  /** Puts a claimed file here, and says where; empty if that has to be tried again. */
  Optional<Path> put(Claim claim) throws IOException {
    return place(claim, null);
  }

  /** The same, and before it what is to lie beside it: whoever sees the file finds that, too. */
  Optional<Path> put(Claim claim, String type, InputStream content) throws IOException {
    Files.copy(content, claim.part(), StandardCopyOption.REPLACE_EXISTING);
    return place(claim, type);
  }

  /** One at a time: two threads must not find the same name free. */
  private synchronized Optional<Path> place(Claim claim, String type) throws IOException {
    Path target = free(Files.createDirectories(folder), claim, type);
    if (type != null) {
      Path beside = beside(target, type);
      if (!Files.exists(beside) && !claim.movePartTo(beside)) {
        return Optional.empty();
      }
    }
    return claim.moveTo(target) ? Optional.of(target) : Optional.empty();
  }

  /** Takes a file away; what lies beside it makes room for what will when the file comes again. */
  void takeBack(Path file, Path target) throws IOException {
    Files.move(file, target);
    Path errors = beside(file, ERRORS);
    if (Files.exists(errors)) {
      Files.move(errors, beside(FreeName.stamped(folder, file.getFileName().toString()), ERRORS));
    }
  }

  private static Path free(Path folder, Claim claim, String type) throws IOException {
    Path plain = FreeName.plain(folder, claim.name());
    for (String other : TYPES) {
      Path file = beside(plain, other);
      if (Files.exists(file) && !(other.equals(type) && isPutAlready(claim, file))) {
        return FreeName.stamped(folder, claim.name());
      }
    }
    return plain;
  }

  /** A process that died, or was taken for dead, may have come so far with the same claim. */
  private static boolean isPutAlready(Claim claim, Path file) throws IOException {
    return Files.mismatch(claim.part(), file) < 0;
  }

  private static Path beside(Path file, String type) {
    return file.resolveSibling(FreeName.stem(file) + type);
  }
}
