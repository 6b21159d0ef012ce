package org.kintell.backfill.cli.job;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.kintell.backfill.cli.service.ExitCode;
import org.kintell.backfill.cli.service.Failure;
import org.kintell.backfill.cli.service.LocalFile;
import org.kintell.backfill.cli.terminal.Text;
import org.kintell.backfill.file.FileType;

/** The files that arguments name; a folder stands for those in it. */
public final class InputFiles {

  private InputFiles() {}

  /**
   * Each file once, as it is opened later.
   *
   * @param notice takes what is left out of a folder
   */
  public static List<String> of(List<String> arguments, Consumer<String> notice) {
    List<String> files = new ArrayList<>();
    for (String argument : arguments) {
      if (!argument.equals(LocalFile.STANDARD_INPUT) && Files.isDirectory(Path.of(argument))) {
        files.addAll(inFolder(Path.of(argument), notice));
      } else {
        files.add(one(argument));
      }
    }
    return files.stream().distinct().toList();
  }

  /** A file that exists and is no folder. */
  public static String one(String argument) {
    Path path = Path.of(argument);
    if (!argument.equals(LocalFile.STANDARD_INPUT)) {
      if (!Files.exists(path)) {
        throw new Failure(ExitCode.WRONG_USAGE, argument + " does not exist");
      }
      if (Files.isDirectory(path)) {
        throw new Failure(ExitCode.WRONG_USAGE, argument + " is a folder; name one file");
      }
      if (!Files.isReadable(path)) {
        throw new Failure(ExitCode.WRONG_USAGE, argument + " cannot be read: no permission");
      }
    }
    return argument;
  }

  private static List<String> inFolder(Path folder, Consumer<String> notice) {
    try (Stream<Path> files = Files.list(folder)) {
      Map<Boolean, List<Path>> found =
          files
              .filter(file -> !file.getFileName().toString().startsWith("."))
              .sorted()
              .collect(Collectors.partitioningBy(InputFiles::isImportable));
      if (found.get(true).isEmpty()) {
        throw new Failure(
            ExitCode.WRONG_USAGE,
            "Folder %s has no file that ends in %s".formatted(folder, FileType.endings()));
      }
      if (!found.get(false).isEmpty()) {
        notice.accept(
            "Left out of %s: %s"
                .formatted(
                    folder,
                    found.get(false).stream()
                        .map(file -> Text.harmless(file.getFileName().toString()))
                        .collect(Collectors.joining(", "))));
      }
      return found.get(true).stream().map(Path::toString).toList();
    } catch (IOException e) {
      throw new Failure(
          ExitCode.WRONG_USAGE,
          "Folder %s cannot be read (%s)".formatted(folder, e.getClass().getSimpleName()));
    }
  }

  private static boolean isImportable(Path file) {
    return Files.isRegularFile(file) && FileType.of(file.getFileName().toString()).isPresent();
  }
}
