package org.kintell.backfill.row;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The document describes every cause. */
class CausesTest {

  private static final List<String> CAUSES = Arrays.stream(Rule.values()).map(Rule::cause).toList();

  @Test
  void eachIsAStableIdentifierOfItsOwn() {
    assertThat(CAUSES)
        .doesNotHaveDuplicates()
        .allSatisfy(cause -> assertThat(cause).matches("[a-z0-9]+(-[a-z0-9]+)*"));
  }

  @Test
  void allAreDescribedAndNoOthers() throws IOException {
    String section = Files.readString(Path.of("docs", "api.md")).split("### Causes\n")[1];
    List<String> described =
        section
            .split("\n#")[0]
            .lines()
            .filter(line -> line.startsWith("| `"))
            .map(line -> line.substring(3, line.indexOf('`', 3)))
            .toList();
    assertThat(described).isEqualTo(CAUSES);
  }
}
