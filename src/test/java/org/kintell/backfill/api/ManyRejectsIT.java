package org.kintell.backfill.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.function.LongPredicate;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.kintell.backfill.testsupport.BackfillClient;
import org.kintell.backfill.testsupport.BackfillClient.Answer;
import org.kintell.backfill.testsupport.IntegrationTest;
import org.kintell.backfill.testsupport.SessionFiles;
import org.kintell.backfill.testsupport.Sessions;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

/** A million rejects fit into pages, counts and values; {@code bench/rejects.sh} times them. */
@Tag("faults")
@IntegrationTest
class ManyRejectsIT {

  private static final long ROWS = 1_000_000;

  /**
   * A third each: one wrong value of 97, a missing user, both. Most users are missing in one row;
   * one is in every 500th row, and one in rows that stand together.
   */
  private static final String REJECTS =
      """
      INSERT INTO backfill_rejects
        (job_id, source_row, chunk_no, raw, raw_offset, raw_length, causes, message)
      SELECT CAST(:job AS uuid), row, row / 5000,
             convert_to('S-' || row || ',Coffee' || row % 97 || ',' || email || ','
                        || 'volunteer@example.com,2024-01-15T10:00:00Z,60,4.5,"Fine, thanks",B1', 'UTF8'),
             row * 150, 150,
             CASE row % 3 WHEN 0 THEN ARRAY['unknown-session-type']
                          WHEN 1 THEN ARRAY['participant-not-found']
                          ELSE ARRAY['unknown-session-type', 'participant-not-found'] END,
             CASE row % 3 WHEN 0 THEN 'Unknown session type: Coffee' || row % 97
                          WHEN 1 THEN 'Participant not found: ' || email
                          ELSE 'Unknown session type: Coffee' || row % 97
                               || '; Participant not found: ' || email END
        FROM generate_series(1, :rows) AS row,
             LATERAL (SELECT CASE WHEN row % 500 = 0 THEN 'often@example.com'
                                  WHEN row BETWEEN 500001 AND 501500 THEN 'together@example.com'
                                  ELSE 'p' || row || '@example.com' END AS email) AS user_of_row
      """;

  @Autowired BackfillClient client;
  @Autowired Sessions sessions;
  @Autowired JdbcClient jdbc;

  @Test
  void pagesCountsAndValuesAreComplete() {
    String job = create();

    assertThat(total(job, "rejects")).isEqualTo(ROWS);
    assertThat(total(job, "rejects?open=true")).isEqualTo(ROWS);
    assertThat(get(job, "rejects?cursor=999900").at("/rejects/0/row").asLong()).isEqualTo(999_901);
    assertThat(total(job, "rejects?cause=invalid-date")).isZero();
    assertThat(total(job, "rejects?cause=unknown-session-type")).isEqualTo(666_666);
    assertThat(total(job, "rejects?cause=unknown-session-type&value=Coffee96")).isEqualTo(6873);
    assertThat(total(job, "rejects?cause=unknown-session-type&value=Coffee97")).isZero();
    assertThat(total(job, "rejects/values?cause=unknown-session-type")).isEqualTo(97);
  }

  /** All of them would take longer than a page can wait. */
  @Test
  void ofValuesThatAreMostlyDifferentTheFrequentOnesAreCounted() {
    String job = createLarge();

    JsonNode types = get(job, "rejects/values?cause=unknown-session-type");
    assertThat(types.path("exact").asBoolean()).isTrue();
    assertThat(types.path("total").asLong()).isEqualTo(97);
    JsonNode users = get(job, "rejects/values?cause=participant-not-found&limit=20");
    assertThat(users.path("exact").asBoolean()).isFalse();
    assertThat(users.path("rows").asLong()).isBetween(20_000L, 666_667L);
    assertThat(users.path("total").asLong()).isBetween(20_000L, 665_000L);
    assertThat(users.path("values")).hasSize(20);
    assertThat(users.at("/values/0/value").asText()).isEqualTo("often@example.com");
    assertThat(users.at("/values/0/rows").asLong()).isEqualTo(count(row -> row % 500 == 0));
    assertThat(users.at("/values/1/value").asText()).isEqualTo("together@example.com");
    assertThat(users.at("/values/1/rows").asLong())
        .isEqualTo(count(row -> row > 500_000 && row <= 501_500 && row % 500 != 0));
    assertThat(users.at("/values/2/rows").asLong()).isEqualTo(1);
  }

  @Test
  void ofCellsThatAreMostlyDifferentAsManyAsASampleHasAreCounted() {
    String job = createLarge();
    jdbc.sql(
            """
            UPDATE backfill_rejects
               SET causes = ARRAY['invalid-email'], message = 'Invalid email format: participant_email'
            """)
        .update();

    JsonNode emails = get(job, "rejects/values?cause=invalid-email&limit=20");
    assertThat(emails.path("exact").asBoolean()).isFalse();
    assertThat(emails.path("rows").asLong()).isBetween(40_000L, 50_100L);
    assertThat(emails.path("total").asLong()).isBetween(40_000L, 50_100L);
    assertThat(emails.path("values")).hasSize(20);
    assertThat(emails.at("/values/0/value").asText()).isEqualTo("often@example.com");
    assertThat(emails.at("/values/0/rows").asLong()).isBetween(50L, 200L);
  }

  @Test
  void ofMissingUsersThatAreMostlyDifferentAsManyAsASampleHasAreCounted() {
    String job = createLarge();

    JsonNode missing = get(job, "missing-users?limit=20");
    assertThat(missing.path("exact").asBoolean()).isFalse();
    assertThat(missing.path("rows").asLong()).isEqualTo(count(row -> true));
    assertThat(missing.path("total").asLong()).isBetween(20_000L, 665_000L);
    assertThat(missing.path("participants")).isEqualTo(missing.path("total"));
    assertThat(missing.path("volunteers").asLong()).isZero();
    assertThat(missing.path("users")).hasSize(20);
    assertThat(
            List.of(missing.at("/users/0/email").asText(), missing.at("/users/1/email").asText()))
        .containsExactlyInAnyOrder("often@example.com", "together@example.com");
    assertThat(get(job, "missing-users?limit=0").path("exact").asBoolean()).isFalse();

    // Few are left, which a sample would hardly meet.
    jdbc.sql(
            """
            INSERT INTO users (id, email)
            SELECT gen_random_uuid(), 'p' || row || '@example.com'
              FROM generate_series(2, CAST(:rows AS bigint)) AS row
            """)
        .param("rows", ROWS)
        .update();
    JsonNode left = get(job, "missing-users");
    assertThat(left.path("exact").asBoolean()).isTrue();
    assertThat(left.path("total").asLong()).isEqualTo(3);
    assertThat(left.at("/users/0/rows").asLong()).isEqualTo(count(row -> row % 500 == 0));
    assertThat(left.at("/users/2/email").asText()).isEqualTo("p1@example.com");
  }

  /** Alone, and beside values that are all different. */
  @Test
  void missingValuesAreCountedByColumn() {
    String job = createLarge();
    jdbc.sql(
            """
            UPDATE backfill_rejects
               SET causes = CASE source_row % 2 WHEN 0 THEN ARRAY['missing-value']
                                                ELSE ARRAY['missing-value', 'participant-not-found'] END,
                   message = CASE source_row % 3 WHEN 0 THEN 'Missing session_id; ' ELSE '' END
                             || CASE source_row % 2 WHEN 0 THEN ''
                                     ELSE 'Participant not found: p' || source_row || '@example.com; ' END
                             || 'Missing duration_min'
            """)
        .update();

    JsonNode columns = get(job, "rejects/values?cause=missing-value");
    assertThat(columns.path("exact").asBoolean()).isTrue();
    assertThat(columns.path("rows").asLong()).isEqualTo(ROWS + ROWS / 3);
    assertThat(columns.path("values")).hasSize(2);
    assertThat(columns.at("/values/0/column").asText()).isEqualTo("duration_min");
    assertThat(columns.at("/values/0/rows").asLong()).isEqualTo(ROWS);
    assertThat(columns.at("/values/1/column").asText()).isEqualTo("session_id");
    assertThat(columns.at("/values/1/rows").asLong()).isEqualTo(ROWS / 3);
    assertThat(columns.at("/values/1/first").asLong()).isEqualTo(3);
  }

  /** How many of these rows lack a participant. */
  private static long count(LongPredicate rows) {
    return LongStream.rangeClosed(1, ROWS).filter(row -> row % 3 != 0).filter(rows).count();
  }

  private String create() {
    sessions.addUsers(SessionFiles.PARTICIPANT, SessionFiles.VOLUNTEER);
    String job = client.importFile("many.csv", SessionFiles.good(1)).path("jobId").asText();
    jdbc.sql(REJECTS).param("job", job).param("rows", ROWS).update();
    jdbc.sql("ANALYZE backfill_rejects").update();
    return job;
  }

  /** Also with the count that the service has of so many. */
  private String createLarge() {
    String job = create();
    jdbc.sql("UPDATE backfill_jobs SET failed_rows = ? WHERE id = ?::uuid")
        .params(ROWS, job)
        .update();
    return job;
  }

  private long total(String job, String request) {
    return get(job, request).path("total").asLong();
  }

  private JsonNode get(String job, String request) {
    Answer answer = client.get("/import/backfill/" + job + "/" + request);
    assertThat(answer.status()).as(answer.text()).isEqualTo(200);
    return answer.json();
  }
}
