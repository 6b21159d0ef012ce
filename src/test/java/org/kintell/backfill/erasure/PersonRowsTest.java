package org.kintell.backfill.erasure;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Nothing of a person is left in a row, and no row is expensive to search. */
class PersonRowsTest {

  private static final String JANE = "jane@example.com";
  private static final String HEADER =
      "session_id,session_type,participant_email,volunteer_email,date,duration_min,rating,"
          + "feedback_text,language_level,_error_row,_error_message\n";

  @TempDir private Path folder;

  /** In time that grows with the square of its length, each takes hours. */
  @ParameterizedTest
  @Timeout(30)
  @CsvSource(
      quoteCharacter = '`',
      value = {
        "`\"`, `,1,Invalid quoting`, `\n\"`",
        "`\"`, `,1,Column count mismatch: expected 9 found 7`, `\n\"`",
        "``, `,1,Invalid quoting`, `x`",
        "``, `,1`, `,Invalid quoting.`",
        "``, `1`, `,Invalid quoting`",
        "``, `,`, `x`",
        "`\"`, `\"\"`, `x\"`",
        "`\"`, `\"\"`, `\"x`",
        "``, `jane@example.com `, ``"
      })
  void aRowOf4MegabytesIsErased(String before, String repeated, String after) throws IOException {
    String row =
        JANE + "," + before + repeated.repeat((4 << 20) / repeated.length()) + after + "\n";
    Path file = Files.writeString(folder.resolve("x.csv"), HEADER + row);

    assertThat(new PersonRows(JANE).erase(file)).isEqualTo(1);

    assertThat(Files.size(file)).isEqualTo(HEADER.length() + row.length());
    assertThat(Files.readString(file)).doesNotContain(JANE);
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      value = {
        "`,5,Invalid quoting`, `,5,Invalid quoting`",
        "`,5,Column count mismatch: expected 9 found 7`, `,5,Column count mismatch: expected 9 found 7`",
        // As spreadsheets save it.
        "`,\"5\",\"Invalid quoting\",,`, `,\"5\",\"Invalid quoting\",,`",
        "`,4,Invalid quoting secret,5,Invalid quoting`, `,*,**********************,5,Invalid quoting`",
        "`,5,Invalid quoting secret`, `,*,**********************`"
      })
  void ofARowThatDoesNotSplitIntoColumnsTheMessageStays(String end, String left)
      throws IOException {
    Path file = Files.writeString(folder.resolve("x.csv"), HEADER + "my secret," + JANE + end);

    new PersonRows(JANE).erase(file);

    assertThat(Files.readString(file, StandardCharsets.UTF_8))
        .isEqualTo(HEADER + "*********,****************" + left);
  }
}
