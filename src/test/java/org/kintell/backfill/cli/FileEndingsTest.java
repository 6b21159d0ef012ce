package org.kintell.backfill.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.kintell.backfill.cli.job.InputFiles;
import org.kintell.backfill.file.FileType;

/** The command line takes and names the files that the service takes. */
class FileEndingsTest {

  @TempDir Path folder;

  @Test
  void ofAFolderEachTypeIsTakenInAnyCase() throws IOException {
    List<String> expected = new ArrayList<>();
    for (FileType type : FileType.values()) {
      expected.add(Files.createFile(folder.resolve("a" + type.ending())).toString());
      String upper = "B" + type.ending().toUpperCase(Locale.ROOT);
      expected.add(Files.createFile(folder.resolve(upper)).toString());
    }
    Files.createFile(folder.resolve("c.tar.gz"));
    List<String> leftOut = new ArrayList<>();

    List<String> files = InputFiles.of(List.of(folder.toString()), leftOut::add);

    assertThat(files).containsExactlyInAnyOrderElementsOf(expected);
    assertThat(leftOut).singleElement().asString().endsWith(": c.tar.gz");
  }

  @Test
  void aFolderWithoutSuchAFileIsRefusedByTheSameEndings() {
    List<String> arguments = List.of(folder.toString());
    assertThatThrownBy(() -> InputFiles.of(arguments, notice -> {}))
        .hasMessageEndingWith(FileType.endings());
  }

  @ParameterizedTest
  @ValueSource(strings = {"import", "check"})
  void theHelpNamesThem(String command) {
    String description =
        Commands.all(new Kintell(Map.of()))
            .getSubcommands()
            .get(command)
            .getCommandSpec()
            .positionalParameters()
            .get(0)
            .description()[0];
    assertThat(description).startsWith("A " + FileType.endings() + ",");
  }
}
