package org.kintell.backfill.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class CopyTextTest {

  @Test
  void separatesColumnsByTabsAndEndsLines() {
    CopyText copy = new CopyText(0);
    copy.plain(1).text("a").plain(null).text(null).endLine();
    copy.plain("x").array(List.of("one", "two")).endLine();
    assertThat(text(copy)).isEqualTo("1\ta\t\\N\t\\N\nx\t{one,two}\n");
  }

  @Test
  void escapesWhatWouldEndAColumnOrALine() {
    CopyText copy = new CopyText(0);
    copy.text("a\tb\nc\rd\\N é😀").endLine();
    assertThat(text(copy)).isEqualTo("a\\tb\\nc\\rd\\\\N é😀\n");
  }

  @Test
  void writesBytesInHexadecimal() {
    CopyText copy = new CopyText(0);
    copy.bytes(new byte[] {0, 127, (byte) 0xff}).bytes(null).endLine();
    assertThat(text(copy)).isEqualTo("\\\\x007fff\t\\N\n");
  }

  @Test
  void writesInstantsOfAllEras() {
    CopyText copy = new CopyText(0);
    copy.instant(Instant.parse("2024-01-15T10:00:00.5Z"))
        .instant(Instant.parse("0000-12-31T22:00:00Z"))
        .instant(Instant.parse("+10000-01-01T01:59:59Z"))
        .endLine();
    assertThat(text(copy))
        .isEqualTo(
            "2024-01-15T10:00:00.500Z\t0001-12-31 22:00:00.000000Z BC\t10000-01-01 01:59:59.000000Z AD\n");
  }

  private static String text(CopyText copy) {
    return new String(copy.bytes(), 0, copy.size(), StandardCharsets.UTF_8);
  }
}
