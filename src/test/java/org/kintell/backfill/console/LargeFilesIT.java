package org.kintell.backfill.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.kintell.backfill.testsupport.BackfillClient.Answer;
import org.kintell.backfill.testsupport.ConsolePage;
import org.kintell.backfill.testsupport.Database;
import org.kintell.backfill.testsupport.RealParts;
import org.kintell.backfill.testsupport.ServiceProcess;
import org.kintell.backfill.testsupport.SessionFiles;

/** Large files at the console, in a browser, against the jar. */
@Tag("faults")
class LargeFilesIT {

  private static final int MILLION = 1_000_000;
  private static final int LOOKS = 100;
  private static final int LISTS = 5;

  private static final Duration PATIENCE = Duration.ofMinutes(10);

  @TempDir Path folder;

  private Database database;
  private ServiceProcess service;
  private ConsolePage page;

  @BeforeEach
  void start() {
    database = RealParts.newDatabase();
    service = ServiceProcess.on(database).start();
    database.sessions().addUsers(SessionFiles.PARTICIPANT, SessionFiles.VOLUNTEER);
    page = ConsolePage.open(service.url("/"));
    page.awaitText("Choose a file");
  }

  @AfterEach
  void stop() {
    page.close();
    service.close();
    database.close();
  }

  @Test
  void aMillionRowsAreCheckedPausedResumedAndCompletedWhileASecondTabFollows() throws IOException {
    page.choose(file("million.csv", MILLION, ""));
    page.awaitText(PATIENCE, "All 1,000,000 rows can be imported");
    String job = page.place();

    String first = page.openTab(service.url("/") + job);
    page.awaitText("million.csv", "All 1,000,000 rows can be imported");
    page.click("Import 1,000,000 rows");
    page.click("Pause");
    page.awaitText("Paused");
    String second = page.toTab(first);
    page.awaitText("Paused", "Resume");
    long paused = sessions();
    assertThat(paused).isBetween(1L, MILLION - 1L);

    page.click("Resume");
    page.awaitText(PATIENCE, "Completed");
    page.assertNothingRefused();
    page.toTab(second);
    page.awaitText("Completed", "1,000,000");
    page.assertNothingRefused();
    assertThat(sessions()).isEqualTo(MILLION);
  }

  @Test
  void anUploadOfTwoGigabytesIsCheckedThoughItsTabWasClosed() throws IOException {
    // Long rows: a check takes its time by rows, and is in its middle when the tab is closed.
    page.choose(file("two-gigabytes.csv", 200_000, "x".repeat(10_200)));
    page.awaitText(PATIENCE, "Checking every row");
    String job = page.place();
    String closed = page.openTab(service.url("/"));
    page.closeTab(page.toTab(closed));

    page.awaitText("two-gigabytes.csv", "Not started");
    page.go(job);
    page.awaitText(PATIENCE, "can be imported");
    page.assertNothingRefused();
    assertThat(sessions()).isZero();
    // A small file is not held up by the large one.
    assertThat(
            service.client().importFile("small.csv", SessionFiles.good(3)).path("status").asText())
        .isEqualTo("completed");
  }

  @Test
  void underTwoLargeImportsNumbersAreNoOlderThanASecond() throws IOException {
    String first = start("first.csv", "F-");
    String second = start("second.csv", "S-");
    page.go("#/job/" + first);
    page.awaitText("Importing", "Not processed yet");
    AtomicInteger looks = new AtomicInteger();
    await()
        .pollInterval(Duration.ofMillis(100))
        .atMost(Duration.ofSeconds(30))
        .until(
            () -> {
              long before = importedASecondAgo(first);
              assertThat(shown()).as("look %s", looks).isGreaterThanOrEqualTo(before);
              return looks.incrementAndGet() == LOOKS;
            });
    assertRunning(first, second);
  }

  @Test
  void underTwoLargeImportsTheListComesWithinASecond() throws IOException {
    String first = start("first.csv", "F-");
    String second = start("second.csv", "S-");
    page.awaitText("first.csv", "second.csv", "Importing");
    for (int list = 0; list < LISTS; list++) {
      String left = page.openTab(service.url("/"));
      assertThat(page.listedAfter()).as("list %d, milliseconds", list).isLessThan(1_000);
      page.assertNothingRefused();
      page.closeTab(left);
    }
    assertRunning(first, second);
  }

  private void assertRunning(String... jobs) {
    for (String job : jobs) {
      assertThat(service.client().status(job).json().path("status").asText()).isEqualTo("running");
    }
  }

  private String start(String name, String prefix) throws IOException {
    Path file = file(name, MILLION, prefix, "");
    try (InputStream content = Files.newInputStream(file)) {
      Answer started =
          service.client().upload("/import/backfill/start?autostart=true", name, content);
      assertThat(started.status()).as(started.text()).isEqualTo(202);
      return started.jobId();
    }
  }

  private long importedASecondAgo(String job) {
    return database
        .jdbc()
        .sql(
            """
            SELECT coalesce(sum(successful), 0) FROM backfill_chunks
             WHERE job_id = ?::uuid AND state = 'loaded' AND loaded_at < now() - interval '1 s'
            """)
        .param(job)
        .query(Long.class)
        .single();
  }

  /** How many rows the page says are imported. */
  private long shown() {
    String number = page.texts("//dl[@class='legend']/div[contains(dt, 'Imported')]/dd").get(0);
    return Long.parseLong(number.replace(",", ""));
  }

  private long sessions() {
    return database.jdbc().sql("SELECT count(*) FROM kintell_sessions").query(Long.class).single();
  }

  /** Good rows with a feedback that begins so. */
  private Path file(String name, int rows, String feedback) throws IOException {
    return file(name, rows, "L-", feedback);
  }

  private Path file(String name, int rows, String prefix, String feedback) throws IOException {
    Path file = folder.resolve(name);
    try (BufferedWriter out = Files.newBufferedWriter(file)) {
      out.write(SessionFiles.HEADER);
      for (int row = 1; row <= rows; row++) {
        out.write(SessionFiles.row(prefix + row, "5").replace("Fine", feedback + "Fine"));
      }
    }
    return file;
  }
}
