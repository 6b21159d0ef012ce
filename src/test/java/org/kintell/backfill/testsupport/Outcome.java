package org.kintell.backfill.testsupport;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.kintell.backfill.event.PublishedEvents;
import org.kintell.backfill.event.PublishedEvents.Published;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * The complete result of one imported file, except ids and times, which differ in each run.
 *
 * @param figures counts and status as in the API
 * @param sessions by row of the file
 * @param rejects {@code row: message}
 * @param errorFile empty if there is none
 * @param events external session ids by session id are checked; here by external id, with how often
 */
public record Outcome(
    Map<String, String> figures,
    List<Map<String, Object>> sessions,
    List<String> rejects,
    String errorFile,
    Map<String, Integer> events) {

  private static final List<String> FIGURES =
      List.of(
          "status",
          "totalRows",
          "processedRows",
          "successfulRows",
          "failedRows",
          "updatedRows",
          "lastProcessedRow",
          "eventsPublished",
          "eventsPending");

  /** Reads the result of a job that is over and has published its events. */
  public static Outcome of(BackfillClient client, JdbcClient jdbc, String natsUrl, String job)
      throws Exception {
    var status = client.status(job).json();
    Map<String, String> figures = new TreeMap<>();
    FIGURES.forEach(name -> figures.put(name, status.path(name).asText()));
    var errors = client.errors(job);
    Map<String, Integer> events = new TreeMap<>();
    for (Published event : PublishedEvents.on(natsUrl, "kintell.session.completed")) {
      events.merge(event.externalSessionId(), 1, Integer::sum);
    }
    return new Outcome(
        figures,
        new Sessions(jdbc).imported(),
        jdbc.sql("SELECT source_row || ': ' || message FROM backfill_rejects ORDER BY source_row")
            .query(String.class)
            .list(),
        errors.status() == 200 ? errors.text() : "",
        events);
  }

  /** Describes the differences without printing thousands of rows. */
  public void assertSameAs(Outcome undisturbed) {
    assertThat(figures).isEqualTo(undisturbed.figures);
    assertThat(sessions.size()).isEqualTo(undisturbed.sessions.size());
    assertThat(sessions.equals(undisturbed.sessions)).as("the same sessions").isTrue();
    assertThat(rejects.equals(undisturbed.rejects)).as("the same rejects").isTrue();
    assertThat(errorFile.equals(undisturbed.errorFile)).as("the same error file").isTrue();
    if (figures.get("updatedRows").equals("0")) {
      assertThat(events.values()).as("each event once").allMatch(times -> times == 1);
    }
    assertThat(events.equals(undisturbed.events)).as("the same events, as often").isTrue();
  }
}
