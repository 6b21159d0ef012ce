package org.kintell.backfill.api.progress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.kintell.backfill.testsupport.BackfillClient;
import org.kintell.backfill.testsupport.IntegrationTest;
import org.kintell.backfill.testsupport.SessionFiles;
import org.kintell.backfill.testsupport.Sessions;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

/** One stream reports every job of the list. */
@IntegrationTest
class ListProgressIT {

  private static final String PATH = "/import/backfill/progress";

  /** As many pages as may be open. */
  private static final int PAGES = 50;

  private static final int CHANGES = 4;

  /** Connections that the idle service takes from the pool in a second. */
  private static final int USUAL_PER_SECOND = 40;

  @Autowired BackfillClient client;
  @Autowired Sessions sessions;
  @Autowired JdbcClient jdbc;
  @Autowired MeterRegistry meters;

  private final HttpClient http = HttpClient.newHttpClient();
  private final List<Page> pages = new ArrayList<>();

  @BeforeEach
  void addUsers() {
    sessions.addUsers(SessionFiles.PARTICIPANT, SessionFiles.VOLUNTEER);
  }

  @AfterEach
  void hangUp() {
    pages.forEach(Page::close);
    assertThat(pages)
        .allSatisfy(page -> assertThat(page.reading).succeedsWithin(Duration.ofSeconds(10)));
  }

  /** A client that merges the events. */
  private static final class Page implements AutoCloseable {
    private final List<JsonNode> events = new CopyOnWriteArrayList<>();
    private final InputStream stream;
    private final CompletableFuture<Void> reading;

    Page(InputStream stream) {
      this.stream = stream;
      reading = CompletableFuture.runAsync(this::read, task -> new Thread(task).start());
    }

    private void read() {
      try (var lines = new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))) {
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
          if (line.startsWith("data:")) {
            events.add(new ObjectMapper().readTree(line.substring("data:".length())));
          }
        }
      } catch (JsonProcessingException e) {
        throw new AssertionError(e);
      } catch (IOException e) {
        // The page was closed.
      }
    }

    List<JsonNode> events() {
      return List.copyOf(events);
    }

    /** Each received state of a job. */
    List<JsonNode> of(String jobId) {
      List<JsonNode> states = new ArrayList<>();
      events.forEach(
          event ->
              event
                  .path("jobs")
                  .forEach(
                      job -> {
                        if (job.path("jobId").asText().equals(jobId)) {
                          states.add(job);
                        }
                      }));
      return states;
    }

    String lastStatus(String jobId) {
      List<JsonNode> states = of(jobId);
      return states.isEmpty() ? "" : states.get(states.size() - 1).path("status").asText();
    }

    String lastOf(String jobId) {
      List<JsonNode> states = of(jobId);
      return states.isEmpty() ? "" : states.get(states.size() - 1).path("message").asText();
    }

    @Override
    public void close() {
      try {
        stream.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private Page open() {
    open(1);
    return pages.get(pages.size() - 1);
  }

  /** Opens them at once: each answer begins with the next look at the jobs. */
  private void open(int count) {
    Stream.generate(
            () -> http.sendAsync(client.request(PATH).build(), BodyHandlers.ofInputStream()))
        .limit(count)
        .toList()
        .forEach(answer -> pages.add(page(answer.join())));
  }

  private static Page page(HttpResponse<InputStream> answer) {
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.headers().firstValue("Content-Type").orElseThrow())
        .startsWith("text/event-stream");
    return new Page(answer.body());
  }

  private String upload(String name, long rows) {
    return client.start(name, SessionFiles.good(rows)).jobId();
  }

  @Test
  void aPageIsSentTheListAndThenOnlyWhatChanges() {
    String old = upload("old.csv", 3);
    Page page = open();
    await().until(() -> !page.events().isEmpty());
    JsonNode first = page.events().get(0);
    assertThat(first.path("whole").asBoolean()).isTrue();
    assertThat(first.path("jobs")).hasSize(1);
    assertThat(first.at("/jobs/0")).isEqualTo(client.get("/import/backfill").json().at("/jobs/0"));
    assertThat(first.path("running").asInt()).isZero();

    String job = upload("new.csv", 10_001);
    await().until(() -> page.lastStatus(job).equals("pending"));
    client.resume(job);
    await().until(() -> page.lastStatus(job).equals("completed"));
    await()
        .until(() -> page.of(job).get(page.of(job).size() - 1).path("eventsPending").asInt() == 0);

    assertThat(page.of(old)).hasSize(1);
    assertThat(page.of(job))
        .doesNotHaveDuplicates()
        .extracting(state -> state.path("processedRows").asLong())
        .isSorted()
        .last()
        .isEqualTo(10_001L);
    assertThat(page.events().stream().skip(1)).noneMatch(event -> event.has("whole"));
  }

  @Test
  void anEmptyListIsAnEventAndAJobThatIsDeletedByHandIsNamed() {
    Page page = open();
    await().until(() -> !page.events().isEmpty());
    assertThat(page.events().get(0).path("jobs")).isEmpty();

    String job = upload("gone.csv", 3);
    await().until(() -> page.lastStatus(job).equals("pending"));
    jdbc.sql("DELETE FROM backfill_jobs WHERE id = ?::uuid").param(job).update();

    await().until(() -> page.events().stream().anyMatch(event -> event.has("removed")));
    assertThat(page.events())
        .filteredOn(event -> event.has("removed"))
        .singleElement()
        .satisfies(event -> assertThat(event.at("/removed/0").asText()).isEqualTo(job))
        .satisfies(event -> assertThat(event.path("removed")).hasSize(1));
  }

  @Test
  void anOldJobThatIsResumedIsSentUntilItsEnd() {
    String old = upload("old.csv", 3);
    jdbc.sql("UPDATE backfill_jobs SET created_at = created_at - interval '1 day'").update();
    for (int i = 0; i < 50; i++) {
      client.start("newer-" + i + ".csv", SessionFiles.good(1));
    }
    Page page = open();
    await().until(() -> !page.events().isEmpty());
    assertThat(page.events().get(0).path("jobs")).hasSize(50);
    assertThat(page.of(old)).isEmpty();

    jdbc.sql("UPDATE backfill_jobs SET queued_at = now(), owner = 0 WHERE id = ?::uuid")
        .param(old)
        .update();

    await().until(() -> page.lastStatus(old).equals("completed"));
  }

  /** One query for each page, twice a second, would be more than twice as many. */
  @Test
  void fiftyPagesCostTheDatabaseOneLookATick() {
    String job = upload("some.csv", 3);
    open(PAGES);
    await().until(() -> pages.stream().noneMatch(page -> page.events().isEmpty()));
    long before = connections();
    long start = System.nanoTime();

    for (int change = 1; change <= CHANGES; change++) {
      String message = "change " + change;
      jdbc.sql("UPDATE backfill_jobs SET message = ?").param(message).update();
      await().until(() -> pages.stream().allMatch(page -> page.lastOf(job).equals(message)));
    }

    double seconds = (System.nanoTime() - start) / 1e9;
    assertThat((connections() - before) / seconds).isLessThan(USUAL_PER_SECOND);
    assertThat(pages).allSatisfy(page -> assertThat(page.events()).hasSize(1 + CHANGES));
  }

  private long connections() {
    return meters.get("hikaricp.connections.usage").timer().count();
  }
}
