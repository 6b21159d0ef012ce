package org.kintell.backfill.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The script describes options and arguments to fish. */
class FishCompletionTest {

  private static List<String> linesOf(String command) {
    return ShellCommands.fish(Commands.all(new Kintell(Map.of())))
        .lines()
        .filter(line -> line.contains("'__fish_seen_subcommand_from " + command + "'"))
        .toList();
  }

  @Test
  void shortAndLongNamesAreToldApart() {
    assertThat(linesOf("errors"))
        .anyMatch(line -> line.contains("' -s o -d 'Write"))
        .anyMatch(line -> line.contains("' -s q -l quiet -d "))
        .noneMatch(line -> line.contains(" -l o "));
    assertThat(linesOf("import")).anyMatch(line -> line.contains("' -l timezone -d "));
  }

  @Test
  void theShellsAreNamed() {
    assertThat(linesOf("completion")).anyMatch(line -> line.endsWith(" -f -a 'bash zsh fish'"));
    assertThat(linesOf("errors")).noneMatch(line -> line.contains(" -a "));
  }
}
