package org.kintell.backfill.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
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

  /** A third each: one wrong value of 97, a missing user, both. */
  private static final String REJECTS =
      """
      INSERT INTO backfill_rejects
        (job_id, source_row, chunk_no, raw, raw_offset, raw_length, causes, message)
      SELECT CAST(:job AS uuid), row, row / 5000,
             convert_to('S-' || row || ',Coffee' || row % 97 || ',p' || row || '@example.com,'
                        || 'volunteer@example.com,2024-01-15T10:00:00Z,60,4.5,"Fine, thanks",B1', 'UTF8'),
             row * 150, 150,
             CASE row % 3 WHEN 0 THEN ARRAY['unknown-session-type']
                          WHEN 1 THEN ARRAY['participant-not-found']
                          ELSE ARRAY['unknown-session-type', 'participant-not-found'] END,
             CASE row % 3 WHEN 0 THEN 'Unknown session type: Coffee' || row % 97
                          WHEN 1 THEN 'Participant not found: p' || row || '@example.com'
                          ELSE 'Unknown session type: Coffee' || row % 97
                               || '; Participant not found: p' || row || '@example.com' END
        FROM generate_series(1, :rows) AS row
      """;

  @Autowired BackfillClient client;
  @Autowired Sessions sessions;
  @Autowired JdbcClient jdbc;

  @Test
  void pagesCountsAndValuesAreComplete() {
    sessions.addUsers(SessionFiles.PARTICIPANT, SessionFiles.VOLUNTEER);
    String job = client.importFile("many.csv", SessionFiles.good(1)).path("jobId").asText();
    jdbc.sql(REJECTS).param("job", job).param("rows", ROWS).update();
    jdbc.sql("ANALYZE backfill_rejects").update();

    assertThat(total(job, "rejects")).isEqualTo(ROWS);
    assertThat(total(job, "rejects?open=true")).isEqualTo(ROWS);
    assertThat(get(job, "rejects?cursor=999900").at("/rejects/0/row").asLong()).isEqualTo(999_901);
    assertThat(total(job, "rejects?cause=invalid-date")).isZero();
    assertThat(total(job, "rejects?cause=unknown-session-type")).isEqualTo(666_666);
    assertThat(total(job, "rejects?cause=unknown-session-type&value=Coffee96")).isEqualTo(6873);
    assertThat(total(job, "rejects?cause=unknown-session-type&value=Coffee97")).isZero();
    assertThat(total(job, "rejects/values?cause=unknown-session-type")).isEqualTo(97);
    assertThat(total(job, "rejects/values?cause=participant-not-found")).isEqualTo(666_667);
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
