package org.kintell.backfill.inbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.kintell.backfill.testsupport.EmptyTables;
import org.kintell.backfill.testsupport.ServiceProcess;
import org.kintell.backfill.testsupport.SessionFiles;
import org.kintell.backfill.testsupport.TwoProcesses;

/** Objects in the inbox of the bucket become jobs, each once, whichever process sees them first. */
class BucketInboxIT {

  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final String INBOX = "shared/inbox/";

  private static TwoProcesses two;

  @BeforeAll
  static void start() {
    two = TwoProcesses.in("shared");
  }

  @AfterAll
  static void close() {
    two.close();
  }

  @AfterEach
  void forget() {
    two.s3().keys(INBOX).forEach(two.s3()::delete);
    EmptyTables.emptyJobs(two.database().jdbc());
  }

  @Test
  void eachBecomesOneJobAndLiesInDone() {
    List<String> names = IntStream.range(0, 12).mapToObj(i -> "x" + i + ".csv").toList();
    for (String name : names) {
      two.s3().put(INBOX + name, SessionFiles.HEADER + SessionFiles.row(name, "4"));
    }

    awaitKeys(names.stream().map(name -> INBOX + "done/" + name).sorted().toList());

    assertThat(
            two.database()
                .jdbc()
                .sql("SELECT file_name FROM backfill_jobs")
                .query(String.class)
                .list())
        .containsExactlyInAnyOrderElementsOf(names);
    assertThat(two.database().sessions().ids()).hasSize(12);
    assertThat(two.s3().text(INBOX + "done/x3.csv"))
        .isEqualTo(SessionFiles.HEADER + SessionFiles.row("x3.csv", "4"));
    await().atMost(PATIENCE).until(() -> count("SELECT count(*) FROM backfill_inbox_objects") == 0);
  }

  @Test
  void rejectsAndReasonsLieBesideTheFile() {
    String bad = new String(SessionFiles.withBadRows(5, row -> row == 2), StandardCharsets.UTF_8);
    two.s3().put(INBOX + "some.csv", bad);
    two.s3().put(INBOX + "none.csv", "no,header\n1,2\n");
    two.s3().put(INBOX + "notes.txt", "ignored");

    awaitKeys(
        List.of(
            INBOX + "done/some.csv",
            INBOX + "done/some.errors.csv",
            INBOX + "failed/none.csv",
            INBOX + "failed/none.reason.txt",
            INBOX + "notes.txt"));

    String job =
        two.database()
            .jdbc()
            .sql("SELECT id::text FROM backfill_jobs")
            .query(String.class)
            .single();
    assertThat(two.s3().text(INBOX + "done/some.errors.csv"))
        .isEqualTo(two.first().client().errors(job).text());
    assertThat(two.s3().text(INBOX + "failed/none.reason.txt")).contains("session_id");
  }

  /** As in the folder: parameters come first, and the second file of a name gets a time stamp. */
  @Test
  void parametersCountAndNothingInDoneIsOverwritten() {
    two.s3().put(INBOX + "y.csv.json", "{\"onDuplicate\": \"skip\"}");
    two.s3().put(INBOX + "y.csv", SessionFiles.HEADER + SessionFiles.row("y", "4").repeat(2));
    awaitKeys(List.of(INBOX + "done/y.csv", INBOX + "done/y.csv.json"));
    assertThat(count("SELECT count(*) FROM backfill_jobs WHERE on_duplicate = 'skip'")).isOne();

    two.s3().put(INBOX + "y.csv", SessionFiles.HEADER + SessionFiles.row("z", "4"));
    await().atMost(PATIENCE).until(() -> two.s3().keys(INBOX + "done/").size() == 3);
    assertThat(two.s3().keys(INBOX + "done/"))
        .anyMatch(key -> key.matches(INBOX + "done/y-\\d{8}T\\d{6}[.]\\d{3}Z[.]csv"));
  }

  /** Camel would evaluate such a key. */
  @Test
  void aNameThatLooksLikeAnExpressionIsANameOnly() {
    two.s3().put(INBOX + "${sys.java.home}.csv", "no,header\n1,2\n");
    awaitKeys(
        List.of(
            INBOX + "failed/_{sys.java.home}.csv", INBOX + "failed/_{sys.java.home}.reason.txt"));
  }

  @Test
  void aProcessThatDiesWithAnObjectLeavesItToTheOther() {
    two.database().holdUp("BEFORE INSERT ON backfill_jobs FOR EACH ROW");
    two.s3().put(INBOX + "k.csv", SessionFiles.HEADER + SessionFiles.row("k", "4"));
    two.database().awaitHeldUp();
    ServiceProcess holder = holder();
    holder.kill();
    two.database().letGo();
    try {
      await()
          .atMost(PATIENCE)
          .until(() -> two.s3().keys(INBOX).equals(List.of(INBOX + "done/k.csv")));
      assertThat(count("SELECT count(*) FROM backfill_jobs")).isOne();
      assertThat(two.database().sessions().ids()).containsExactly("k");
    } finally {
      holder.start();
    }
  }

  @Test
  @Tag("faults")
  void anObjectThatEndsThreeProcessesIsPutAside() {
    two.database().holdUp("BEFORE INSERT ON backfill_jobs FOR EACH ROW");
    two.s3().put(INBOX + "e.csv", SessionFiles.HEADER + SessionFiles.row("e", "4"));
    for (int attempts = 1; attempts <= ReadingAttempts.MOST; attempts++) {
      int begun = attempts;
      await()
          .atMost(PATIENCE)
          .until(
              () ->
                  count("SELECT coalesce(max(attempts), 0) FROM backfill_inbox_objects") == begun);
      ServiceProcess holder = holder();
      holder.kill();
      holder.start();
    }

    awaitKeys(List.of(INBOX + "failed/e.csv", INBOX + "failed/e.reason.txt"));
    two.database().letGo();
    assertThat(two.s3().text(INBOX + "failed/e.reason.txt")).contains("tried 3 times");
    assertThat(count("SELECT count(*) FROM backfill_jobs")).isZero();
  }

  /** The process that has taken the only object. */
  private static ServiceProcess holder() {
    return count(
                "SELECT count(*) FROM backfill_inbox_objects AS o JOIN backfill_nodes AS n ON n.number"
                    + " = o.node WHERE n.name LIKE '%/"
                    + two.first().pid()
                    + "'")
            == 1
        ? two.first()
        : two.second();
  }

  private static void awaitKeys(List<String> keys) {
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(two.s3().keys(INBOX)).containsExactlyElementsOf(keys));
  }

  private static long count(String query) {
    return two.database().jdbc().sql(query).query(Long.class).single();
  }
}
