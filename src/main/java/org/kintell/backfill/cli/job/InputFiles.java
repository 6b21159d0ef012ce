package org.kintell.backfill.cli.job;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.kintell.backfill.cli.service.ExitCode;
import org.kintell.backfill.cli.service.Failure;
import org.kintell.backfill.cli.service.LocalFile;

/** The files that arguments name; a folder stands for those in it. */
public final class InputFiles {

  private static final List<String> ENDINGS = List.of(".csv", ".csv.gz", ".zip");

  private InputFiles() {}

  /** Each file once, as it is opened later. */
  public static List<String> of(List<String> arguments) {
    List<String> files = new ArrayList<>();
    for (String argument : arguments) {
      Path path = Path.of(argument);
      if (argument.equals(LocalFile.STANDARD_INPUT)) {
        files.add(argument);
      } else if (Files.isDirectory(path)) {
        files.addAll(inFolder(path));
      } else if (!Files.exists(path)) {
        throw new Failure(ExitCode.WRONG_USAGE, argument + " does not exist");
      } else if (!Files.isReadable(path)) {
        throw new Failure(ExitCode.WRONG_USAGE, argument + " cannot be read: no permission");
      } else {
        files.add(argument);
      }
    }
    return files.stream().distinct().toList();
  }

  private static List<String> inFolder(Path folder) {
    try (Stream<Path> files = Files.list(folder)) {
      List<String> found =
          files.filter(InputFiles::isImportable).map(Path::toString).sorted().toList();
      if (found.isEmpty()) {
        throw new Failure(
            ExitCode.WRONG_USAGE,
            "Folder %s has no file that ends in .csv, .csv.gz or .zip".formatted(folder));
      }
      return found;
    } catch (IOException e) {
      throw new Failure(
          ExitCode.WRONG_USAGE,
          "Folder %s cannot be read (%s)".formatted(folder, e.getClass().getSimpleName()));
    }
  }

  private static boolean isImportable(Path file) {
    String name = file.getFileName().toString();
    return Files.isRegularFile(file)
        && !name.startsWith(".")
        && ENDINGS.stream().anyMatch(name.toLowerCase(Locale.ROOT)::endsWith);
  }
}
