package org.kintell.backfill.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.kintell.backfill.testsupport.ProblemAssert.assertProblem;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayOutputStream;
import java.net.URLEncoder;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.kintell.backfill.testsupport.BackfillClient;
import org.kintell.backfill.testsupport.BackfillClient.Answer;
import org.kintell.backfill.testsupport.IntegrationTest;
import org.kintell.backfill.testsupport.SessionFiles;
import org.kintell.backfill.testsupport.Sessions;
import org.springframework.beans.factory.annotation.Autowired;

/** A program reads which rows were rejected, cell by cell. */
@IntegrationTest
class RejectsIT {

  private static final String LONG = "x".repeat(4000);

  @Autowired BackfillClient client;
  @Autowired Sessions sessions;

  @BeforeEach
  void addUsers() {
    sessions.addUsers(SessionFiles.PARTICIPANT, SessionFiles.VOLUNTEER);
  }

  /** A row with these values in place of good ones. */
  private static String row(String id, String type, String participant, String rating) {
    return "%s,%s,%s,%s,2024-01-15T10:00:00Z,60,%s,Fine,B1\n"
        .formatted(id, type, participant, SessionFiles.VOLUNTEER, rating);
  }

  private String imported(byte[]... parts) {
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    file.writeBytes(SessionFiles.HEADER.getBytes(StandardCharsets.UTF_8));
    for (byte[] part : parts) {
      file.writeBytes(part);
    }
    return client.importFile("mixed.csv", file.toByteArray()).path("jobId").asText();
  }

  private String imported(String... rows) {
    return imported(String.join("", rows).getBytes(StandardCharsets.UTF_8));
  }

  private JsonNode get(String job, String what) {
    Answer answer = client.get(path(job, what));
    assertThat(answer.status()).as(answer.text()).isEqualTo(200);
    return answer.json();
  }

  private static String path(String job, String what) {
    return "/import/backfill/" + job + "/" + what;
  }

  private static String encoded(String value) {
    return URLEncoder.encode(value, StandardCharsets.UTF_8);
  }

  private static List<Long> rows(JsonNode page) {
    List<Long> rows = new ArrayList<>();
    page.path("rejects").forEach(reject -> rows.add(reject.path("row").asLong()));
    return rows;
  }

  @Test
  void eachRejectHasItsCellsAndEachFaultItsColumn() {
    String job =
        imported(
            row("S-1", "Mentorship", SessionFiles.PARTICIPANT, "4"),
            row("S-2", "Coffee", "not an address", "9"),
            row(
                "S-3",
                "\"Rating: 9; Missing date, \"\"<img onerror>\"\" \uD83D\uDE00 \u202Etxt\"",
                "",
                "4"));

    JsonNode page = get(job, "rejects");

    assertThat(page.path("total").asInt()).isEqualTo(2);
    assertThat(page.has("next")).isFalse();
    assertThat(page.at("/columns/0").asText()).isEqualTo("session_id");
    assertThat(rows(page)).containsExactly(2L, 3L);
    JsonNode two = page.at("/rejects/0");
    assertThat(two.path("state").asText()).isEqualTo("open");
    assertThat(two.at("/fields/session_type").asText()).isEqualTo("Coffee");
    assertThat(two.path("fields")).hasSize(9);
    assertThat(two.path("faults").toString())
        .isEqualTo(
            "[{\"cause\":\"unknown-session-type\",\"column\":\"session_type\","
                + "\"message\":\"Unknown session type: Coffee\"},"
                + "{\"cause\":\"invalid-email\",\"column\":\"participant_email\","
                + "\"message\":\"Invalid email format: participant_email\"},"
                + "{\"cause\":\"invalid-rating\",\"column\":\"rating\","
                + "\"message\":\"Invalid rating: 9\"}]");
    JsonNode three = page.at("/rejects/1");
    assertThat(three.at("/fields/session_type").asText())
        .isEqualTo("Rating: 9; Missing date, \"<img onerror>\" \uD83D\uDE00 \u202Etxt");
    assertThat(three.path("faults")).hasSize(2);
    assertThat(three.at("/faults/1/column").asText()).isEqualTo("participant_email");
    assertThat(three.at("/faults/1/cause").asText()).isEqualTo("missing-value");
  }

  @Test
  void aRowThatCannotBeSplitIsOneTextAndWrongBytesHaveTheirColumn() {
    byte[] wrong =
        row("S-2", "Mentorship", SessionFiles.PARTICIPANT, "4").getBytes(StandardCharsets.UTF_8);
    wrong[wrong.length - 6] = (byte) 0xff;
    String job =
        imported(
            "S-1,Mentorship,only three\n".getBytes(StandardCharsets.UTF_8),
            wrong,
            row("S-3", "Ment\0orship", SessionFiles.PARTICIPANT, "4")
                .getBytes(StandardCharsets.UTF_8),
            "\"S-4\"x,Mentorship\n".getBytes(StandardCharsets.UTF_8),
            row("S-5", LONG, SessionFiles.PARTICIPANT, "4").getBytes(StandardCharsets.UTF_8),
            row("S-6", "x".repeat(70_000), SessionFiles.PARTICIPANT, "4")
                .getBytes(StandardCharsets.UTF_8));

    JsonNode rejects = get(job, "rejects").path("rejects");

    assertThat(rejects).hasSize(6);
    assertThat(rejects.at("/0/text").asText()).isEqualTo("S-1,Mentorship,only three");
    assertThat(rejects.get(0).has("fields")).isFalse();
    assertThat(rejects.at("/0/faults").toString())
        .isEqualTo(
            "[{\"cause\":\"column-count-mismatch\","
                + "\"message\":\"Column count mismatch: expected 9 found 3\"}]");
    assertThat(rejects.at("/1/fields/feedback_text").asText()).contains("\uFFFD");
    assertThat(rejects.at("/1/faults/0/column").asText()).isEqualTo("feedback_text");
    assertThat(rejects.at("/2/fields/session_type").asText()).isEqualTo("Ment\0orship");
    assertThat(rejects.at("/2/faults/0/column").asText()).isEqualTo("session_type");
    assertThat(rejects.at("/3/text").asText()).isEqualTo("\"S-4\"x,Mentorship");
    assertThat(rejects.at("/4/fields/session_type").asText()).isEqualTo(LONG);
    assertThat(rejects.at("/5/tooLong").asBoolean()).isTrue();
    assertThat(rejects.at("/5/bytes").asLong()).isGreaterThan(70_000);
    assertThat(rejects.at("/5/faults/0/column").asText()).isEqualTo("session_type");
  }

  @Test
  void pagesHaveEachRejectOnceAndFiltersNarrowThem() {
    List<String> lines = new ArrayList<>();
    for (int i = 1; i <= 230; i++) {
      lines.add(
          row(
              "S-" + i,
              i % 2 == 0 ? "Coffee" : "\"Tea, hot\"",
              SessionFiles.PARTICIPANT,
              i % 23 == 0 ? "9" : "4"));
    }
    String job = imported(lines.toArray(String[]::new));
    List<Long> seen = new ArrayList<>();
    String cursor = "";
    int pages = 0;
    do {
      JsonNode page = get(job, "rejects?limit=100" + cursor);
      assertThat(page.has("total")).isEqualTo(pages == 0);
      seen.addAll(rows(page));
      cursor = page.has("next") ? "&cursor=" + page.path("next").asText() : null;
      pages++;
    } while (cursor != null);
    assertThat(pages).isEqualTo(3);
    assertThat(seen).hasSize(230).isSorted().doesNotHaveDuplicates();

    JsonNode coffee = get(job, "rejects?cause=unknown-session-type&value=Coffee&limit=500");
    assertThat(coffee.path("total").asInt()).isEqualTo(115);
    assertThat(rows(coffee)).hasSize(115).allMatch(row -> row % 2 == 0);
    JsonNode tea =
        get(job, "rejects?cause=unknown-session-type&value=" + encoded("Tea, hot") + "&limit=1");
    assertThat(tea.path("total").asInt()).isEqualTo(115);
    assertThat(get(job, "rejects?cause=invalid-rating").path("total").asInt()).isEqualTo(10);
    assertThat(get(job, "rejects?cause=invalid-date").path("total").asInt()).isZero();

    JsonNode values = get(job, "rejects/values?cause=unknown-session-type");
    assertThat(values.path("rows").asInt()).isEqualTo(230);
    assertThat(values.path("total").asInt()).isEqualTo(2);
    assertThat(values.at("/values/0").toString())
        .isEqualTo(
            "{\"column\":\"session_type\",\"value\":\"Tea, hot\",\"rows\":115,\"first\":1,"
                + "\"message\":\"Unknown session type: Tea  hot\"}");
    assertThat(values.at("/values/1/value").asText()).isEqualTo("Coffee");
    JsonNode ratings = get(job, "rejects/values?cause=invalid-rating");
    assertThat(ratings.at("/values/0/value").asText()).isEqualTo("9");
    assertThat(ratings.at("/values/0/rows").asInt()).isEqualTo(10);
  }

  @Test
  void valuesOfAddressesAndOfMissingCellsHaveTheirColumns() {
    String job =
        imported(
            row("S-1", "Mentorship", "no address", "4"),
            row("S-2", "", "no address", "4"),
            row("S-3", "\"Tea, hot\"", "no address", "4"),
            row("", "", SessionFiles.PARTICIPANT, "4"),
            "S-5,Mentorship\n");

    JsonNode addresses = get(job, "rejects/values?cause=invalid-email");
    assertThat(addresses.at("/values/0").toString())
        .isEqualTo(
            "{\"column\":\"participant_email\",\"value\":\"no address\",\"rows\":3,\"first\":1,"
                + "\"message\":\"Invalid email format: participant_email\"}");
    JsonNode missing = get(job, "rejects/values?cause=missing-value");
    assertThat(missing.at("/values/0").toString())
        .isEqualTo(
            "{\"column\":\"session_type\",\"value\":\"\",\"rows\":2,\"first\":2,"
                + "\"message\":\"Missing session_type\"}");
    assertThat(missing.at("/values/1/column").asText()).isEqualTo("session_id");
    JsonNode counts = get(job, "rejects/values?cause=column-count-mismatch");
    assertThat(counts.at("/values/0").toString())
        .isEqualTo(
            "{\"rows\":1,\"first\":5,\"message\":\"Column count mismatch: expected 9 found 2\"}");
    assertThat(
            rows(get(job, "rejects?cause=invalid-email&column=participant_email&value=no+address")))
        .containsExactly(1L, 2L, 3L);
    assertThat(rows(get(job, "rejects?cause=missing-value&column=session_type&value=")))
        .containsExactly(2L, 4L);
  }

  /** Also where other fields hold delimiters, and one value is the beginning of another. */
  @Test
  void aValueIsThatOfItsCellAndOfNoOther() {
    String header = "notes," + SessionFiles.HEADER;
    String job =
        client
            .importFile(
                "notes.csv",
                (header
                        + "\"a, b\","
                        + row("S-1", "Mentorship", "bad1", "4")
                        + "\"c, d\","
                        + row("S-2", "Mentorship", "bad2", "4")
                        + ","
                        + row("S-3", "Mentorship", "bad", "4")
                        + ","
                        + row("S-4", "Mentorship", "\"bad\"\"one\"", "4")
                        + "bad,"
                        + row("S-5", "Mentorship", "\u00a0bad1 ", "4"))
                    .getBytes(StandardCharsets.UTF_8))
            .path("jobId")
            .asText();

    JsonNode values = get(job, "rejects/values?cause=invalid-email");
    assertThat(values.path("total").asInt()).isEqualTo(4);
    assertThat(values.at("/values/0/value").asText()).isEqualTo("bad1");
    assertThat(values.at("/values/0/rows").asInt()).isEqualTo(2);
    String filter = "rejects?cause=invalid-email&column=participant_email&value=";
    assertThat(rows(get(job, filter + "bad"))).containsExactly(3L);
    assertThat(rows(get(job, filter + "bad1"))).containsExactly(1L, 5L);
    assertThat(rows(get(job, filter + encoded("bad\"one")))).containsExactly(4L);
    assertThat(get(job, filter + "bad&limit=1").path("total").asInt()).isEqualTo(1);
  }

  @Test
  void readingPersonalDataIsInTheHistory() {
    String job =
        imported(
            row("S-1", "Mentorship", "nobody@example.com", "4"),
            row("S-2", "Mentorship", "nobody@example.com", "4"));
    get(job, "rejects?cursor=1");
    get(job, "rejects?cursor=1");
    get(job, "rejects/values?cause=participant-not-found");
    get(job, "missing-users");
    assertThat(history(job))
        .containsSubsequence("rejects-read", "values-read", "missing-users-read")
        .containsOnlyOnce("rejects-read");

    String pending = client.start("pending.csv", SessionFiles.good(1)).jobId();
    client.send(
        client
            .request(path(pending, "validate"))
            .header("Prefer", "respond-async")
            .POST(BodyPublishers.noBody()));
    await().until(() -> get(pending, "validate").has("report"));
    assertThat(history(pending)).containsOnlyOnce("check-read");
  }

  @Test
  void countsOfMissingUsersAreNoPersonalData() {
    String job =
        imported(
            row("S-1", "Mentorship", "a@example.com", "4"),
            row("S-2", "Mentorship", "b@example.com", "4"));
    assertThat(get(job, "missing-users?limit=0").toString())
        .isEqualTo(
            "{\"users\":[],\"total\":2,\"participants\":2,\"volunteers\":0,\"exact\":true,\"rows\":2}");
    assertThat(history(job)).doesNotContain("missing-users-read");
  }

  private List<String> history(String job) {
    List<String> actions = new ArrayList<>();
    get(job, "report").path("history").forEach(line -> actions.add(line.path("action").asText()));
    return actions;
  }

  @Test
  void missingUsersAreCountedUntilTheyAreThere() {
    String job =
        imported(
            row("S-1", "Mentorship", "a@example.com", "4"),
            row("S-2", "Mentorship", "A@example.com", "9"),
            row("S-3", "Mentorship", "=b@example.com", "4"));

    JsonNode missing = get(job, "missing-users");
    assertThat(missing.path("total").asInt()).isEqualTo(2);
    assertThat(missing.at("/users/0/email").asText()).isEqualToIgnoringCase("a@example.com");
    assertThat(missing.at("/users/0/rows").asInt()).isEqualTo(2);
    assertThat(missing.at("/users/0/roles").toString()).isEqualTo("[\"participant\"]");
    assertThat(missing.at("/users/0/first").asInt()).isEqualTo(1);
    Answer csv =
        client.send(
            client
                .request(path(job, "missing-users?spreadsheet=safe"))
                .header("Accept", "text/csv"));
    assertThat(csv.header("Content-Type")).startsWith("text/csv");
    assertThat(csv.text().lines().toList())
        .hasSize(3)
        .contains("email,rows,roles", "'=b@example.com,1,participant");

    assertThat(missing.path("rows").asInt()).isEqualTo(3);
    assertThat(missing.path("participants").asInt()).isEqualTo(2);
    assertThat(missing.path("volunteers").asInt()).isZero();
    assertThat(get(job, "missing-users?limit=1").path("users")).hasSize(1);

    sessions.addUsers("a@example.com");

    assertThat(get(job, "missing-users").path("total").asInt()).isEqualTo(1);
    assertThat(get(job, "missing-users").path("rows").asInt()).isEqualTo(3);
  }

  @Test
  void aRejectSaysWhichJobHasItAndWhetherItIsOpen() {
    String job =
        imported(
            row("S-1", "Mentorship", "a@example.com", "4"),
            row("S-2", "Mentorship", SessionFiles.PARTICIPANT, "9"));
    sessions.addUsers("a@example.com");
    String errors = client.errors(job).text().replace(",9,Fine", ",8,Fine");
    String corrected = client.start("backfill_errors_" + job + ".csv", errors).jobId();

    JsonNode taken = get(job, "rejects");
    assertThat(taken.at("/rejects/0/state").asText()).isEqualTo("taken");
    assertThat(taken.at("/rejects/0/jobId").asText()).isEqualTo(corrected);
    assertThat(get(job, "rejects?open=true").path("total").asInt()).isZero();
    assertThat(get(job, "report").path("retryableRejects").asInt(-1)).isZero();
    assertThat(get(job, "report").path("openRejects").asInt()).isEqualTo(2);

    client.resume(corrected);

    JsonNode over = get(job, "rejects");
    assertThat(over.at("/rejects/0/state").asText()).isEqualTo("imported");
    assertThat(over.at("/rejects/1/state").asText()).isEqualTo("open");
    assertThat(rows(get(job, "rejects?open=true"))).containsExactly(2L);
    assertThat(get(job, "report").path("retryableRejects").asInt()).isEqualTo(1);
    assertThat(get(corrected, "rejects").path("columns").toString()).doesNotContain("_error");
    assertThat(get(corrected, "rejects").at("/rejects/0/fields/rating").asText()).isEqualTo("8");
    assertThat(
            get(job, "rejects/values?cause=participant-not-found&open=true").path("rows").asInt())
        .isZero();
  }

  @Test
  void paceHasAllRowsInBucketsOfTime() {
    String job =
        client
            .importFile("pace.csv", SessionFiles.withBadRows(12_000, row -> row % 10 == 0))
            .path("jobId")
            .asText();

    JsonNode pace = get(job, "pace");

    assertThat(pace.path("buckets").size()).isBetween(1, 200);
    assertThat(pace.path("seconds").asDouble()).isPositive();
    long rows = 0;
    long rejects = 0;
    for (JsonNode bucket : pace.path("buckets")) {
      rows += bucket.path("rows").asLong();
      rejects += bucket.path("rejects").asLong();
    }
    assertThat(rows).isEqualTo(12_000);
    assertThat(rejects).isEqualTo(1_200);
    String pending = client.start("pending.csv", SessionFiles.good(1)).jobId();
    assertThat(get(pending, "pace").path("buckets")).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "rejects?cause=nonsense|unknown-cause",
        "rejects?cause=|unknown-cause",
        "rejects/values|unknown-cause",
        "rejects?value=x|invalid-parameter",
        "rejects?cause=missing-value&value=|invalid-parameter",
        "rejects?cause=invalid-quoting&value=x|invalid-parameter",
        "rejects?cause=invalid-rating&value=9&column=date|invalid-parameter",
        "rejects?open=yes|invalid-parameter",
        "rejects?limit=501|invalid-parameter",
        "rejects?limit=0|invalid-parameter",
        "rejects?cursor=x|invalid-parameter",
        "rejects/values?cause=invalid-rating&limit=1001|invalid-parameter",
        "missing-users?spreadsheet=yes|invalid-parameter",
        "missing-users?limit=-1|invalid-parameter",
        "missing-users?limit=1001|invalid-parameter"
      })
  void aParameterThatCannotBeUsedIsRefused(String request, String problem) {
    String job = imported(row("S-1", "Coffee", SessionFiles.PARTICIPANT, "9"));

    assertProblem(client.get(path(job, request)), 400, problem);
  }
}
