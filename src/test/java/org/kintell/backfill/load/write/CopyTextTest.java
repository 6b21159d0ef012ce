package org.kintell.backfill.load.write;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Instant;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class CopyTextTest {

  private final ByteArrayOutputStream sent = new ByteArrayOutputStream();
  private final CopyText copy = new CopyText(sent::write);

  @Test
  void separatesColumnsByTabsAndEndsLines() throws SQLException {
    copy.plain(1).text("a").plain(null).text(null).endRow();
    copy.plain("x").bigint(2).endRow();
    assertThat(sent()).isEqualTo("1\ta\t\\N\t\\N\nx\t2\n");
  }

  @Test
  void escapesWhatWouldEndAColumnOrALine() throws SQLException {
    copy.text("a\tb\nc\rd\\N é😀").endRow();
    assertThat(sent()).isEqualTo("a\\tb\\nc\\rd\\\\N é😀\n");
  }

  @Test
  void writesUuidsAndNumbersAsTheirText() throws SQLException {
    for (long seed = 0; seed < 1000; seed++) {
      UUID uuid = new UUID(seed * 0x9e3779b97f4a7c15L, ~seed * 0xc2b2ae3d27d4eb4fL);
      copy.uuid(uuid).bigint(seed).bigint(Long.MAX_VALUE - seed).endRow();
      assertThat(sent()).endsWith(uuid + "\t" + seed + "\t" + (Long.MAX_VALUE - seed) + "\n");
    }
  }

  @Test
  void writesInstantsOfAllEras() throws SQLException {
    copy.instant(Instant.parse("2024-01-15T10:00:00.5Z"))
        .instant(Instant.parse("2024-02-29T23:59:58Z"))
        .instant(Instant.parse("0001-01-01T00:00:00.000001Z"))
        .instant(Instant.parse("9999-12-31T23:59:59.999999Z"))
        .instant(Instant.parse("0000-12-31T22:00:00Z"))
        .instant(Instant.parse("+10000-01-01T01:59:59Z"))
        .endRow();
    assertThat(sent())
        .isEqualTo(
            "2024-01-15 10:00:00.500000Z\t2024-02-29 23:59:58Z\t0001-01-01 00:00:00.000001Z\t"
                + "9999-12-31 23:59:59.999999Z\t0001-12-31 22:00:00.000000Z BC\t10000-01-01 01:59:59.000000Z AD\n");
  }

  private String sent() throws SQLException {
    copy.finish();
    return sent.toString(StandardCharsets.UTF_8);
  }
}
