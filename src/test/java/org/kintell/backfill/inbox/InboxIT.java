package org.kintell.backfill.inbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.kintell.backfill.testsupport.Packed.entry;
import static org.kintell.backfill.testsupport.Packed.gzip;
import static org.kintell.backfill.testsupport.Packed.zip;

import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.apache.camel.CamelContext;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.kintell.backfill.config.BackfillSettings;
import org.kintell.backfill.testsupport.GeneratedFile;
import org.kintell.backfill.testsupport.IntegrationTest;
import org.kintell.backfill.testsupport.Interruption;
import org.kintell.backfill.testsupport.Sessions;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.util.FileSystemUtils;

/** A file that is dropped into the folder is imported. */
@IntegrationTest
class InboxIT {

  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final String RUN_JOBS =
      "seda:run-jobs?size=1&discardWhenFull=true&blockWhenFull=false&waitForTaskToComplete=Never";
  private static final GeneratedFile FILE = GeneratedFile.of(30, 1);
  private static final String GOOD_ROW =
      "S-1,Mentorship,john@example.com,sarah@example.com,2024-01-15T10:00:00Z,60,5,Good,B1\n";

  @Autowired Sessions sessions;
  @Autowired BackfillSettings settings;
  @Autowired JdbcClient jdbc;
  @Autowired CamelContext camel;
  @Autowired MeterRegistry meters;

  private Path inbox;

  @BeforeEach
  void emptyInbox() throws IOException {
    sessions.addUsers(GeneratedFile.PARTICIPANT, GeneratedFile.VOLUNTEER);
    inbox = settings.inboxDir();
    empty(inbox);
  }

  @Test
  void parametersLieBesideTheFileAndMoveWithIt() throws IOException {
    String row = GOOD_ROW.replace("10:00:00Z", "10:00:00").replace("Good", "Größe");
    drop(
        "x.csv.json",
        "{\"charset\": \"windows-1252\", \"timezone\": \"Europe/Kyiv\"}"
            .getBytes(StandardCharsets.UTF_8));
    drop("x.csv", (GeneratedFile.HEADER + "\n" + row).getBytes(Charset.forName("windows-1252")));

    await().atMost(PATIENCE).until(() -> Files.exists(inbox.resolve("done/x.csv")));

    assertThat(inbox.resolve("done/x.csv.json")).exists();
    assertThat(inbox.resolve("x.csv.json")).doesNotExist();
    assertThat(sessions.imported().get(0))
        .containsEntry("feedback_text", "Größe")
        .containsEntry("scheduled_at", "2024-01-15T08:00:00Z");
  }

  @Test
  void parametersThatCannotBeUsedAreNotGuessed() throws IOException {
    List<String> wrong =
        List.of(
            "{\"chrset\": \"UTF-8\"}",
            "charset=UTF-8",
            "[]",
            "{\"timezone\": \"Kyiv\"}",
            "{\"maxErrors\": -1}");
    for (int i = 0; i < wrong.size(); i++) {
      drop("x" + i + ".csv.json", wrong.get(i).getBytes(StandardCharsets.UTF_8));
      drop("x" + i + ".csv", FILE.bytes());
    }
    for (int i = 0; i < wrong.size(); i++) {
      Path failed = inbox.resolve("failed/x" + i + ".csv");
      await().atMost(PATIENCE).until(() -> Files.exists(failed));
      assertThat(inbox.resolve("failed/x" + i + ".reason.txt"))
          .content()
          .contains("x" + i + ".csv.json cannot be used");
      assertThat(inbox.resolve("failed/x" + i + ".csv.json")).exists();
    }
    assertThat(sessions.ids()).isEmpty();
  }

  @Test
  void filesAreCountedByWhatBecameOfThem() throws IOException {
    List<String> outcomes = List.of("done", "failed", "invalid", "ignored");
    List<Double> before = outcomes.stream().map(this::files).toList();
    Path link = Files.createSymbolicLink(inbox.resolve("link.csv"), Path.of("nowhere"));
    try {
      drop("fine.csv", FILE.bytes());
      drop("other.csv", "name,age\nx,1\n".getBytes(StandardCharsets.UTF_8));
      drop("bad.csv.json", "{\"maxErrors\": 0}".getBytes(StandardCharsets.UTF_8));
      drop("bad.csv", FILE.bytes());
      await()
          .atMost(PATIENCE)
          .until(
              () ->
                  jdbc.sql("UPDATE backfill_jobs SET status = 'failed' WHERE status = 'paused'")
                          .update()
                      == 1);

      await()
          .atMost(PATIENCE)
          .untilAsserted(
              () ->
                  assertThat(outcomes.stream().map(this::files).toList())
                      .isEqualTo(before.stream().map(count -> count + 1).toList()));
      assertThat(inbox.resolve("failed/bad.csv")).exists();
    } finally {
      Files.delete(link);
    }
  }

  private double files(String outcome) {
    return meters.get("kintell.inbox.files").tag("outcome", outcome).counter().count();
  }

  @ParameterizedTest
  @ValueSource(strings = {"x.csv", "X.CSV", "two words.Csv"})
  void aFileIsImportedAndItsRejectsLieBesideIt(String name) throws IOException {
    drop(name, FILE.bytes());
    Path done = inbox.resolve("done").resolve(name);
    await().atMost(PATIENCE).until(() -> Files.exists(done));

    assertThat(done).hasBinaryContent(FILE.bytes());
    String stem = name.substring(0, name.length() - ".csv".length());
    assertThat(done.resolveSibling(stem + ".errors.csv")).hasContent(FILE.errors());
    assertThat(sessions.ids()).containsExactlyInAnyOrderElementsOf(FILE.sessions().keySet());
    assertThat(names(inbox)).containsExactlyInAnyOrder(".claimed", "done");
  }

  /** From a machine whose clock is fast, or from before this clock was set. */
  @Test
  void aFileOfATimeToComeIsImportedNow() throws IOException {
    Path part = Files.write(inbox.resolve("x.csv.part"), FILE.bytes());
    Files.setLastModifiedTime(part, FileTime.from(Instant.now().plus(Duration.ofHours(5))));
    Files.move(part, inbox.resolve("x.csv"), StandardCopyOption.ATOMIC_MOVE);

    await().atMost(PATIENCE).until(() -> Files.exists(inbox.resolve("done/x.csv")));
  }

  @Test
  void aFileThatGrowsIsTakenWhenItIsWhole() throws IOException {
    String row = GOOD_ROW.strip() + "\n";
    try (OutputStream out = Files.newOutputStream(inbox.resolve("x.csv"))) {
      out.write((GeneratedFile.HEADER + "\n").getBytes(StandardCharsets.UTF_8));
      for (int i = 1; i <= 10; i++) {
        long next = System.nanoTime() + Duration.ofMillis(100).toNanos();
        out.write(row.replace("S-1,", "S-" + i + ",").getBytes(StandardCharsets.UTF_8));
        await().pollInterval(Duration.ofMillis(20)).until(() -> System.nanoTime() >= next);
      }
    }

    await().atMost(PATIENCE).until(() -> Files.exists(inbox.resolve("done/x.csv")));
    assertThat(sessions.ids()).hasSize(10);
  }

  @Test
  void aPackedFileIsImportedToo() throws IOException {
    String file = GeneratedFile.HEADER + "\n" + GOOD_ROW;
    drop("x.csv.gz", gzip(file.getBytes(StandardCharsets.UTF_8)));
    await().atMost(PATIENCE).until(() -> Files.exists(inbox.resolve("done/x.csv.gz")));
    assertThat(sessions.ids()).containsExactly("S-1");
    assertThat(names(inbox.resolve("done"))).containsExactly("x.csv.gz");
  }

  @Test
  void anArchiveIsImportedTooAndItsRejectsLieBesideIt() throws IOException {
    drop("x.zip", zip(entry("x.csv", FILE.bytes()), entry("export/notes.txt", FILE.bytes())));
    drop("Y.Zip", zip("export/y.csv", FILE.bytes()));
    Path done = inbox.resolve("done");
    await().atMost(PATIENCE).until(() -> Files.exists(done.resolve("Y.Zip")));
    await().atMost(PATIENCE).until(() -> Files.exists(inbox.resolve("failed/x.zip")));
    assertThat(done.resolve("Y.errors.csv")).hasContent(FILE.errors());
    assertThat(inbox.resolve("failed/x.reason.txt")).content().contains("one CSV file");
    assertThat(sessions.ids()).containsExactlyInAnyOrderElementsOf(FILE.sessions().keySet());
  }

  @Test
  void anUnusableFileGoesAsideWithTheReason() throws IOException {
    drop("x.csv", "no,columns,of,ours\n".getBytes(StandardCharsets.UTF_8));
    drop("empty.csv", new byte[0]);
    Path failed = inbox.resolve("failed");
    await().atMost(PATIENCE).until(() -> Files.exists(failed.resolve("x.csv")));
    await().atMost(PATIENCE).until(() -> Files.exists(failed.resolve("empty.csv")));
    assertThat(failed.resolve("x.reason.txt")).content().contains("session_id", "date");
    assertThat(failed.resolve("empty.reason.txt")).content().contains("empty");
    assertThat(names(inbox)).doesNotContain("done");
  }

  @Test
  void aFileWhoseJobIsGivenUpGoesAsideWithTheReason() throws IOException {
    Interruption.at(
        jdbc,
        0,
        () -> {
          drop("x.csv", FILE.bytes());
          await().atMost(PATIENCE).until(() -> Files.exists(inbox.resolve("failed/x.csv")));
          return null;
        });
    assertThat(inbox.resolve("failed/x.reason.txt")).content().contains("failed");
  }

  @Test
  void aSecondFileOfTheSameNameReplacesNothing() throws IOException {
    byte[] first = (GeneratedFile.HEADER + "\n" + GOOD_ROW).getBytes(StandardCharsets.UTF_8);
    drop("x.csv", first);
    await().atMost(PATIENCE).until(() -> Files.exists(inbox.resolve("done/x.csv")));
    drop("x.csv", first);
    await().atMost(PATIENCE).until(() -> names(inbox.resolve("done")).size() == 3);

    assertThat(inbox.resolve("done/x.csv")).hasBinaryContent(first);
    assertThat(names(inbox.resolve("done")))
        .anyMatch(name -> name.matches("x-\\d{8}T\\d{6}\\.\\d{3}Z\\.csv"))
        .anyMatch(name -> name.matches("x-\\d{8}T\\d{6}\\.\\d{3}Z\\.errors\\.csv"));
  }

  /** Camel remembers files whose exchange is not complete, and does not take them. */
  @Test
  void aFileIsTakenAgainThoughItsJobWasQueuedWhileTheQueueOfRunJobsWasFull() throws Exception {
    byte[] file = (GeneratedFile.HEADER + "\n" + GOOD_ROW).getBytes(StandardCharsets.UTF_8);
    Path done = inbox.resolve("done/again.csv");
    camel.getRouteController().stopRoute("run-jobs");
    try {
      camel.createProducerTemplate().sendBody(RUN_JOBS, null);
      drop("again.csv", file);
      await().atMost(PATIENCE).until(() -> queued("again.csv") == 1);
    } finally {
      camel.getRouteController().startRoute("run-jobs");
    }
    await().atMost(PATIENCE).until(() -> Files.exists(done));

    drop("again.csv", file);

    await().atMost(PATIENCE).until(() -> queued("again.csv") == 2);
  }

  private int queued(String name) {
    return jdbc.sql(
            """
            SELECT count(*) FROM backfill_jobs
             WHERE file_name = ? AND (status <> 'pending' OR queued_at IS NOT NULL)
            """)
        .param(name)
        .query(Integer.class)
        .single();
  }

  /** Their error files would have the same name. */
  @ParameterizedTest
  @ValueSource(strings = {"x.csv.gz", "x.Zip", "x.CSV"})
  void filesWhoseNamesDifferInTheirTypeOnlyKeepTheirErrorFiles(String first) throws IOException {
    Path done = inbox.resolve("done");
    drop(first, packed(first, FILE.bytes()));
    await().atMost(PATIENCE).until(() -> Files.exists(done.resolve(first)));
    drop("x.csv", (GeneratedFile.HEADER + "\nS-1,\n").getBytes(StandardCharsets.UTF_8));
    await().atMost(PATIENCE).until(() -> names(done).size() == 4);

    assertThat(done.resolve("x.errors.csv")).hasContent(FILE.errors());
    assertThat(names(done))
        .anyMatch(name -> name.matches("x-\\d{8}T\\d{6}\\.\\d{3}Z\\.csv"))
        .anyMatch(name -> name.matches("x-\\d{8}T\\d{6}\\.\\d{3}Z\\.errors\\.csv"));
  }

  @Test
  void filesWhoseNamesDifferInTheirTypeOnlyKeepTheirReasons() throws IOException {
    Path failed = inbox.resolve("failed");
    drop("x.csv", new byte[0]);
    await().atMost(PATIENCE).until(() -> Files.exists(failed.resolve("x.csv")));
    drop("x.CSV", "no,columns,of,ours\n".getBytes(StandardCharsets.UTF_8));
    await().atMost(PATIENCE).until(() -> names(failed).size() == 4);

    assertThat(failed.resolve("x.reason.txt")).content().contains("empty");
    assertThat(names(failed))
        .anyMatch(name -> name.matches("x-\\d{8}T\\d{6}\\.\\d{3}Z\\.CSV"))
        .anyMatch(name -> name.matches("x-\\d{8}T\\d{6}\\.\\d{3}Z\\.reason\\.txt"));
  }

  @Test
  void hiddenTemporaryAndOtherFilesAreLeftAlone() throws IOException {
    List<String> others = List.of(".x.csv", "x.tmp", "x.part", "x.csv.part", "x.csv.tmp", "x.txt");
    for (String other : others) {
      Files.write(inbox.resolve(other), FILE.bytes());
    }
    // A file that was dropped later is imported, so these were ignored.
    drop("last.csv", FILE.bytes());
    await().atMost(PATIENCE).until(() -> Files.exists(inbox.resolve("done/last.csv")));
    assertThat(names(inbox)).containsAll(others);
    assertThat(jdbc.sql("SELECT file_name FROM backfill_jobs").query(String.class).list())
        .containsExactly("last.csv");
    for (String other : others) {
      Files.delete(inbox.resolve(other));
    }
  }

  @Test
  void aFileClaimedByAProcessThatDiedIsPickedUp() throws IOException {
    Path claim = inbox.resolve(".claimed/4711/" + UUID.randomUUID());
    Files.createDirectories(claim);
    Files.write(claim.resolve("x.csv"), FILE.bytes());
    await().atMost(PATIENCE).until(() -> Files.exists(inbox.resolve("done/x.csv")));
    assertThat(jdbc.sql("SELECT id::text FROM backfill_jobs").query(String.class).list())
        .containsExactly(claim.getFileName().toString());
    assertThat(inbox.resolve("done/x.errors.csv")).hasContent(FILE.errors());
    assertThat(claim).doesNotExist();
  }

  private static byte[] packed(String name, byte[] content) {
    return switch (name) {
      case "x.csv.gz" -> gzip(content);
      case "x.Zip" -> zip("x.csv", content);
      default -> content;
    };
  }

  /** Writes a file under another name and renames it, so that it appears complete. */
  private void drop(String name, byte[] content) {
    try {
      Path part = Files.write(inbox.resolve(name + ".part"), content);
      Files.move(part, inbox.resolve(name), StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Without the files of earlier tests. */
  static void empty(Path inbox) throws IOException {
    for (String folder : List.of("done", "failed")) {
      FileSystemUtils.deleteRecursively(inbox.resolve(folder));
    }
  }

  static List<String> names(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).toList();
    }
  }
}
