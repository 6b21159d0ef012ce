package org.kintell.backfill.load.write;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.kintell.backfill.row.Session;
import org.kintell.backfill.row.SessionType;
import org.kintell.backfill.testsupport.IntegrationTest;
import org.kintell.backfill.testsupport.Sessions;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.support.TransactionTemplate;

/** What is sent by COPY is stored as it is, and a session in binary as in text. */
@IntegrationTest
class CopyFormatsIT {

  private static final String COLUMNS =
      """
      id, external_session_id, session_type, participant_id, volunteer_id, job_id, source_row,
      scheduled_at, completed_at, duration_minutes, rating::text, feedback_text, language_level
      """;

  private static final List<String> RATINGS =
      List.of(
          "1",
          "5",
          "4.5",
          "2.50",
          "4.0000",
          "3.00010",
          "1.2345",
          "1.23456",
          "1.00000001",
          "4.9999",
          "3.14159265358979",
          "1.0000100001000010000100001",
          "1." + "0".repeat(97) + "1",
          "4." + "123456789".repeat(10),
          "2." + "0".repeat(98));

  private static final List<String> TIMES =
      List.of(
          "2024-01-15T10:00:00Z",
          "1999-12-31T23:59:59.999999Z",
          "2000-01-01T00:00:00Z",
          "1969-12-31T23:59:59.000001Z",
          "0001-01-01T00:00:00Z",
          "0000-12-31T08:00:00.5Z",
          "9999-12-31T23:59:59.999999Z",
          "+14082-11-05T02:07:00Z");

  private static final List<String> TEXTS =
      List.of(
          "a",
          "",
          " ",
          "two\nlines",
          "tab\tquote\"back\\slash\\N\r",
          "é €",
          "😀",
          "x".repeat(200_000));

  private static final UUID JOB = UUID.fromString("01234567-89ab-7def-8123-456789abcdef");
  private static final String USER = "someone@example.com";

  @Autowired Sessions sessions;
  @Autowired JdbcTemplate jdbc;
  @Autowired TransactionTemplate transaction;
  @Autowired SessionTableMetadata table;
  @Autowired ChunkCopy copy;

  @Test
  void bothFormatsStoreTheSame() {
    sessions.addUsers(USER);
    List<Session> all = all();
    transaction.executeWithoutResult(
        status -> {
          jdbc.execute(SessionColumn.sql("stage-sessions"));
          copy.stagedSessions(JOB, all);
          copy.binarySessions(JOB, all);
          String text = "SELECT " + COLUMNS + " FROM staged_sessions";
          String binary = "SELECT " + COLUMNS + " FROM kintell_sessions";
          assertThat(
                  jdbc.queryForList("SELECT count(*) FROM (" + binary + ") AS stored", Long.class))
              .containsExactly((long) all.size());
          assertThat(jdbc.queryForList(binary + " EXCEPT " + text)).isEmpty();
          assertThat(jdbc.queryForList(text + " EXCEPT " + binary)).isEmpty();
          status.setRollbackOnly();
        });
  }

  @Test
  void bytesAndArraysAreStoredAsTheyAre() throws SQLException {
    byte[] noText = {0, 127, (byte) 0xff, '\\', '\n'};
    ByteArrayOutputStream sent = new ByteArrayOutputStream();
    CopyBinary rows = new CopyBinary(sent::write, 2);
    rows.bytes(noText).array(List.of("one-cause")).endRow();
    rows.bytes(null).array(List.of("é", "", "a,b\"{}")).endRow();
    rows.finish();
    transaction.executeWithoutResult(
        status -> {
          jdbc.execute("CREATE TEMPORARY TABLE kept (raw bytea, causes text[]) ON COMMIT DROP");
          jdbc.execute((Connection connection) -> copy(connection, sent.toByteArray()));
          assertThat(jdbc.queryForList("SELECT raw FROM kept", byte[].class))
              .containsExactly(noText, null);
          assertThat(
                  jdbc.query(
                      "SELECT causes FROM kept",
                      (row, number) -> (String[]) row.getArray("causes").getArray()))
              .containsExactly(new String[] {"one-cause"}, new String[] {"é", "", "a,b\"{}"});
        });
  }

  private static long copy(Connection connection, byte[] rows) throws SQLException {
    CopyIn copy =
        connection
            .unwrap(PGConnection.class)
            .getCopyAPI()
            .copyIn("COPY kept FROM STDIN (FORMAT binary)");
    copy.writeToCopy(rows, 0, rows.length);
    return copy.endCopy();
  }

  @Test
  void ourOwnTableTakesBinary() {
    assertThat(table.takesBinary()).isTrue();
  }

  /** Each odd value in a session of its own, and a session that lacks all that may lack. */
  private static List<Session> all() {
    List<Session> all = new ArrayList<>();
    RATINGS.forEach(rating -> all.add(session(all.size(), TIMES.get(0), rating, "b")));
    TIMES.forEach(time -> all.add(session(all.size(), time, "1", "b")));
    TEXTS.forEach(text -> all.add(session(all.size(), TIMES.get(0), "1", text)));
    all.add(session(all.size(), TIMES.get(0), null, null));
    return all;
  }

  private static Session session(int number, String time, String rating, String text) {
    UUID user = Sessions.userId(USER);
    return new Session(
        new UUID(number * 0x9e3779b97f4a7c15L, ~number * 0xc2b2ae3d27d4eb4fL),
        Integer.MAX_VALUE + (long) number,
        "é-" + number,
        number % 2 == 0 ? SessionType.LANGUAGE : SessionType.MENTORSHIP,
        user,
        user,
        Instant.parse(time),
        Instant.parse(time).plusSeconds(60),
        number == 0 ? Integer.MAX_VALUE : number,
        rating == null ? null : new BigDecimal(rating),
        text,
        text == null ? null : "B1");
  }
}
