package org.kintell.backfill.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The jar with arguments, in an empty folder. */
class CommandsIT {

  /** A service would have created folders in it. */
  @TempDir private Path folder;

  private record Ended(int code, String out, String error) {}

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--help                    | 0 | --server.port=3003           | ''",
        "-h                        | 0 | new-key <name> <role>        | ''",
        "help                      | 0 | support                      | ''",
        "--version                 | 0 | kintell-connector 0.1.0      | ''",
        "version                   | 0 | (commit                      | ''",
        "serve                     | 2 | ''                           | Unknown argument 'serve'",
        "--hlep                    | 2 | ''                           | Unknown argument '--hlep'",
        "help me                   | 2 | ''                           | Unknown argument 'help'",
        "--server.port=0 import    | 2 | ''                           | Unknown argument 'import'",
        "-Dserver.port=0           | 2 | ''                           | before -jar",
        "new-key a nobody          | 2 | Usage                        | ''",
        "support a b               | 2 | ''                           | Usage",
      })
  void nothingIsStarted(String arguments, int code, String out, String error) throws Exception {
    Ended ended = run(Map.of(), arguments.split(" "));
    assertThat(ended.code()).as(ended.toString()).isEqualTo(code);
    assertThat(ended.out()).contains(out);
    assertThat(ended.error()).contains(error);
    if (code == 2 && out.isEmpty()) {
      assertThat(ended.out()).isEmpty();
    }
    assertThat(folder).isEmptyDirectory();
  }

  /** The refusal of a wrong one shows that they take effect. */
  @Test
  void optionsOfSpringStartTheService() throws Exception {
    Ended ended = run(Map.of(), "--debug", "--server.port=many");
    assertThat(ended.code()).isEqualTo(1);
    assertThat(ended.out())
        .contains("Invalid SERVER_PORT 'many': expected a whole number from 0 to 65535");
  }

  @Test
  void whereNoServiceAnswersTheBundleHasVersionAndSettings() throws Exception {
    Map<String, String> variables =
        Map.of(
            "SERVER_PORT", "1",
            "BACKFILL_LOADERS", "3",
            "DATABASE_URL", "postgres://me:secret@db/x",
            "BACKFILL_API_KYES", "me:admin:secret");
    Ended ended = run(variables, "support", "bundle.zip");
    assertThat(ended.code()).isZero();
    assertThat(ended.out().strip()).isEqualTo("bundle.zip");
    assertThat(ended.error()).contains("No service answers at http://127.0.0.1:1");
    Path bundle = folder.resolve("bundle.zip");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(bundle)))
        .isEqualTo("rw-------");
    try (ZipFile zip = new ZipFile(bundle.toFile())) {
      String settings =
          new String(
              zip.getInputStream(zip.getEntry("kintell-support/settings.txt")).readAllBytes(),
              StandardCharsets.UTF_8);
      assertThat(settings)
          .contains("BACKFILL_LOADERS=3", "DATABASE_URL=(set)", "BACKFILL_API_KYES=(set)")
          .doesNotContain("secret");
    }
    assertThat(run(variables, "support", "bundle.zip").code()).as("it is there").isEqualTo(1);
  }

  private Ended run(Map<String, String> variables, String... arguments) throws Exception {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-Xshare:auto",
                "-jar",
                Path.of(System.getProperty("kintell.jar")).toAbsolutePath().toString()));
    command.addAll(List.of(arguments));
    Path out = Files.createTempFile("commands", ".out");
    Path error = Files.createTempFile("commands", ".err");
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectOutput(out.toFile())
            .redirectError(error.toFile());
    builder.environment().remove("KINTELL_SERVER");
    builder.environment().putAll(variables);
    try {
      return new Ended(builder.start().waitFor(), read(out), read(error));
    } finally {
      Files.delete(out);
      Files.delete(error);
    }
  }

  private static String read(Path file) throws IOException {
    return Files.readString(file);
  }
}
