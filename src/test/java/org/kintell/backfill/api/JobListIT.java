package org.kintell.backfill.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.kintell.backfill.testsupport.BackfillClient;
import org.kintell.backfill.testsupport.BackfillClient.Answer;
import org.kintell.backfill.testsupport.IntegrationTest;
import org.kintell.backfill.testsupport.SessionFiles;
import org.kintell.backfill.testsupport.Sessions;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Operators list and search jobs. */
@IntegrationTest
class JobListIT {

  @Autowired BackfillClient client;
  @Autowired Sessions sessions;
  @Autowired JdbcClient jdbc;

  @Test
  void isEmptyBeforeTheFirstJob() {
    assertThat(list("").toString()).isEqualTo("{\"jobs\":[]}");
  }

  @Test
  void givesStatusObjectsNewestFirst() {
    sessions.addUsers(SessionFiles.PARTICIPANT, SessionFiles.VOLUNTEER);
    String first = client.importFile("a.csv", SessionFiles.good(2)).path("jobId").asText();
    String second = client.start("b.csv", SessionFiles.good(3)).jobId();

    JsonNode jobs = list("").path("jobs");

    assertThat(jobs.findValuesAsText("jobId")).containsExactly(second, first);
    assertThat(jobs.get(0)).isEqualTo(client.status(second).json());
    assertThat(jobs.get(1)).isEqualTo(client.status(first).json());
  }

  @Test
  void isReadPageByPageWithoutGapOrRepeatWhileJobsAreAdded() {
    List<String> created = new ArrayList<>();
    for (int i = 0; i < 7; i++) {
      created.add(0, client.start("f" + i + ".csv", SessionFiles.HEADER).jobId());
    }
    // Created in the same microsecond.
    jdbc.sql("UPDATE backfill_jobs SET created_at = '2024-01-15T10:00:00.123456Z'").update();
    created.sort(String.CASE_INSENSITIVE_ORDER.reversed());

    List<String> read = new ArrayList<>();
    JsonNode page = list("?limit=3");
    List<Integer> sizes = new ArrayList<>();
    while (true) {
      sizes.add(page.path("jobs").size());
      read.addAll(page.path("jobs").findValuesAsText("jobId"));
      client.start("later.csv", SessionFiles.HEADER);
      if (!page.has("next")) {
        break;
      }
      page = list("?limit=3&cursor=" + page.path("next").asText());
    }

    assertThat(read).containsExactlyElementsOf(created);
    assertThat(sizes).containsExactly(3, 3, 1);
  }

  @Test
  void aLastPageThatIsFullHasNoNext() {
    client.start("a.csv", SessionFiles.HEADER);
    client.start("b.csv", SessionFiles.HEADER);

    assertThat(list("?limit=2").has("next")).isFalse();
  }

  @Test
  void isFilteredByStatusAndName() {
    String empty = client.start("March_2024.csv", SessionFiles.HEADER).jobId();
    String pending = client.start("march%.csv", SessionFiles.good(1)).jobId();
    String failed = client.start("April.csv", SessionFiles.good(1)).jobId();
    jdbc.sql("UPDATE backfill_jobs SET status = 'failed' WHERE file_name = 'April.csv'").update();

    assertThat(ids("?status=pending")).containsExactly(pending);
    assertThat(ids("?status=failed&status=completed")).containsExactly(failed, empty);
    assertThat(ids("?status=failed,%20pending")).containsExactly(failed, pending);
    assertThat(ids("?status=cancelled")).isEmpty();
    assertThat(ids("?name=march")).containsExactly(pending, empty);
    assertThat(ids("?name=MARCH&status=completed")).containsExactly(empty);
    assertThat(ids("?name=%25")).containsExactly(pending);
    assertThat(ids("?name=_")).containsExactly(empty);
    assertThat(ids("?name=")).hasSize(3);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "status=done",
        "status=RUNNING",
        "status=",
        "status=pending,,failed",
        "limit=0",
        "limit=501",
        "limit=-1",
        "limit=ten",
        "limit=",
        "limit=1&limit=2",
        "limit=99999999999",
        "cursor=",
        "cursor=nonsense",
        "cursor=%00",
        "cursor=OTk5OTk5OTk5OTk5OTk5OTk5X2E",
        "cursor=OTk5OTk5OTk5OTk5OTk5OTk5XzAwMDAwMDAwLTAwMDAtNDAwMC04MDAwLTAwMDAwMDAwMDAwMA",
        "cursor=MjUzNDAyMzAwODAwMDAwMDAwXzAwMDAwMDAwLTAwMDAtNDAwMC04MDAwLTAwMDAwMDAwMDAwMA",
        "name=a&name=b",
        "name=%00"
      })
  void nonsenseIsABadRequestThatSaysWhatIsAllowed(String query) {
    Answer answer = client.get("/import/backfill?" + query);

    assertThat(answer.status()).as(answer.text()).isEqualTo(400);
    assertThat(answer.header("Content-Type")).startsWith("application/problem+json");
    assertThat(answer.json().path("type").asText()).endsWith(":invalid-parameter");
    assertThat(answer.json().path("detail").asText())
        .contains(query.substring(0, query.indexOf('=')))
        .contains("but must be ");
  }

  @Test
  void takesGetOnly() {
    Answer answer = client.send(client.request("/import/backfill").DELETE());

    assertThat(answer.status()).isEqualTo(405);
    assertThat(answer.json().path("error").asText()).isNotEmpty();
  }

  private JsonNode list(String query) {
    Answer answer = client.get("/import/backfill" + query);
    assertThat(answer.status()).as(answer.text()).isEqualTo(200);
    assertThat(answer.header("Content-Type")).isEqualTo("application/json");
    return answer.json();
  }

  private List<String> ids(String query) {
    return list(query).path("jobs").findValuesAsText("jobId");
  }
}
