package org.kintell.backfill.database;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.ConnectException;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;

/** What health says of a failure: the reason, and neither user nor host. */
class FindingTest {

  @Test
  void aWrongPasswordIsNamed() {
    SQLException refused =
        new SQLException(
            "FATAL: password authentication failed for user \"kintell\" at db.internal", "28P01");
    assertThat(Finding.of(refused).health())
        .contains("password authentication failed", "DATABASE_URL")
        .doesNotContain("kintell", "internal");
  }

  /** The reasons follow one another when a server stops. */
  @Test
  void reasonsOfOneOutageAreOneKind() {
    SQLException ended = new SQLException("terminating connection", "57P01");
    SQLException refused =
        new SQLException("Connection refused", "08001", new ConnectException("Connection refused"));
    assertThat(Finding.of(ended).health()).isEqualTo("cannot be reached");
    assertThat(Finding.of(refused).health()).isEqualTo("cannot be reached: connection refused");
    assertThat(Finding.of(ended).kind()).isEqualTo(Finding.of(refused).kind());
    assertThat(Finding.of(ended).kind()).isEqualTo(Finding.SILENT.kind());
  }
}
