package org.kintell.backfill.reject;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.kintell.backfill.csv.Header;

/** The error file of a file that was an error file itself. */
class ErrorFileTest {

  private static final ErrorFile FORMAT =
      new ErrorFile(
          Header.of(bytes("a,b,_error_row,_error_message"), ',', "\n"), ErrorFile.Form.EXACT);

  @Test
  void aMalformedRowOfDelimitersIsSearchedInTimeLinearInIt() {
    byte[] raw = bytes("\"a\"x" + ",".repeat(4 * 1024 * 1024));

    byte[] line =
        assertTimeoutPreemptively(
            Duration.ofSeconds(30), () -> FORMAT.line(raw, 1, "Invalid quoting"));

    assertThat(line).startsWith(raw).endsWith(bytes(",1,Invalid quoting\n"));
  }

  @Test
  void whatWasAddedToARowTooLongIsKnownByItsLastBytes() {
    byte[] end = bytes("xxxx,17,Row too long");

    assertThat(FORMAT.added(end)).isEqualTo(",17,Row too long".length());
    assertThat(FORMAT.added(bytes("xxxx,17,Row to nowhere"))).isZero();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
