package org.kintell.backfill.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.kintell.backfill.testsupport.BackfillClient.Answer;
import org.kintell.backfill.testsupport.Database;
import org.kintell.backfill.testsupport.FaultFile;
import org.kintell.backfill.testsupport.RealParts;
import org.kintell.backfill.testsupport.Scene;
import org.kintell.backfill.testsupport.ServiceProcess;
import org.kintell.backfill.testsupport.SessionFiles;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Three processes load one job, and nobody can tell from the result. The tests share them, and each
 * leaves all three running. {@code -Dfaults.kills} says how many faults there are at random, {@code
 * -Dfaults.seed} repeats a run as far as clocks allow.
 */
class ThreeProcessesIT {

  private static final Logger LOG = LoggerFactory.getLogger(ThreeProcessesIT.class);
  private static final byte[] FILE = FaultFile.of(30_000);
  private static final byte[] REPEATS = FaultFile.ofRepeats(1_500);
  private static final int FAULTS = Integer.getInteger("faults.kills", 100);
  private static final long SEED = Long.getLong("faults.seed", System.nanoTime());
  private static final int FAULTS_PER_FILE = 4;

  /** Within this time after the last fault every chunk is loaded, or taken by somebody else. */
  private static final Duration STUCK = Duration.ofSeconds(15);

  private static final Duration SOON = Duration.ofSeconds(2);

  private static final String LOADED =
      "SELECT coalesce(sum(successful), 0) FROM backfill_chunks WHERE state = 'loaded'";

  private static final String LOST = "This process was treated as lost";

  private static Database database;
  private static Scene scene;

  /** The third and the second cut files that are sent to them into chunks of their own size. */
  private static ServiceProcess second;

  private static ServiceProcess third;
  private static List<ServiceProcess> processes;

  private final Random random = new Random(SEED);

  @BeforeAll
  static void start() {
    database = RealParts.newDatabase();
    scene = Scene.on(database, FILE);
    second = scene.service().sibling().with("BACKFILL_CHUNK_ROWS", "7").launch();
    third = scene.service().sibling().with("BACKFILL_CHUNK_ROWS", "1").launch();
    scene.start();
    processes = List.of(scene.service(), second, third);
    awaitServing();
  }

  @BeforeEach
  void forgetTheTestBefore() throws Exception {
    scene.forgetJobs();
  }

  @AfterAll
  static void close() {
    second.close();
    third.close();
    scene.close();
  }

  @Test
  void eachLoadsItsShareOfAJob() throws Exception {
    String job = scene.startJob();

    scene.assertUndisturbed(job);

    assertThat(shares()).hasSize(3).allMatch(share -> share >= 0.2);
    assertThat(count("Job running, jobId: " + job, processes)).isEqualTo(1);
  }

  @Test
  void chunksOfSevenRowsOfRepeatsUpdateInTheOrderOfTheFile() throws Exception {
    assertUpdatesInOrder(second);
  }

  @Test
  @Tag("faults")
  void chunksOfOneRowOfRepeatsUpdateInTheOrderOfTheFile() throws Exception {
    assertUpdatesInOrder(third);
  }

  private static void assertUpdatesInOrder(ServiceProcess process) throws Exception {
    String update = "&onDuplicate=update";
    String job = Scene.startJob(process, REPEATS, update);
    scene.assertUndisturbed(job, REPEATS, update);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  @Tag("faults")
  void smallChunksOfRepeatsKeepTheFirstValidRow(int process) throws Exception {
    String job = Scene.startJob(processes.get(process), REPEATS, "");
    scene.assertUndisturbed(job, REPEATS, "");
  }

  @Test
  void aStopIsReachedInTwoSecondsWhicheverProcessIsAsked() {
    String job = scene.startJob();
    scene.awaitRows(2_000);

    assertThat(second.client().ask(job, "pause").status()).isEqualTo(202);
    await().atMost(SOON).until(() -> status(job).equals("paused"));
    long imported = scene.jdbc().sql(LOADED).query(Long.class).single();
    scene.assertConsistent(job);

    third.client().resumeWithoutWaiting(job);
    scene.awaitRows(imported + 2_000);
    assertThat(third.client().ask(job, "cancel").status()).isEqualTo(202);
    await().atMost(SOON).until(() -> status(job).equals("cancelled"));
    scene.assertConsistent(job);
    // Those that are on their way would be among the events of the next test.
    await()
        .atMost(Scene.PATIENCE)
        .until(() -> scene.status(job).path("eventsPending").asInt(1) == 0);
  }

  @Test
  void twoResumesAtOnceOnTwoProcessesMakeOneRun() throws Exception {
    String job = scene.service().client().start("sessions.csv", FILE).jobId();
    List<CompletableFuture<Answer>> resumes =
        Stream.of(second, third)
            .map(process -> CompletableFuture.supplyAsync(() -> process.client().resume(job)))
            .toList();

    assertThat(resumes).allMatch(resume -> resume.join().status() / 100 == 2);
    scene.assertUndisturbed(job);
    assertThat(count("Job running, jobId: " + job, processes)).isEqualTo(1);
  }

  /** The frozen one holds its chunk's row: its transaction is open. */
  @Test
  void oneIsKilledAndAnotherFrozenInItsTransactionAndTheThirdGoesOn() throws Exception {
    database.holdUpWhen("NEW.state = 'loaded' AND NEW.chunk_no = 50");
    String job = scene.startJob();
    database.awaitHeldUp();
    ServiceProcess frozen = named(attempts(job, 50).get(0));
    ServiceProcess killed = processes.stream().filter(one -> one != frozen).findAny().orElseThrow();
    long before = count(LOST, processes);

    frozen.freeze();
    killed.kill();
    database.open();

    await().atMost(STUCK).until(() -> pending() == 0);
    frozen.thaw();
    killed.start();
    database.letGo();
    scene.assertUndisturbed(job);
    ServiceProcess untouched =
        processes.stream().filter(one -> one != frozen && one != killed).findAny().orElseThrow();
    assertThat(counter(untouched, "kintell_nodes_lost_total")).isPositive();
    assertThat(counter(untouched, "kintell_chunks_freed_total")).isPositive();
    await().until(() -> counter(frozen, "kintell_chunks_fenced_total") > 0);
    assertThat(attempts(job, 50)).hasSize(2);
    assertThat(count("Node lost: ", processes)).isGreaterThanOrEqualTo(2);
    await().until(() -> count(LOST, List.of(frozen)) > 0);
    assertThat(count(LOST, processes)).isEqualTo(before + 1);
  }

  @Test
  @Tag("faults")
  void aChunkThatEndsEachProcessThatLoadsItFailsItsJobAndNoOther() throws Exception {
    String job = scene.service().client().start("sessions.csv", FILE).jobId();
    database.holdUpWhen(
        "NEW.state = 'loaded' AND NEW.chunk_no = 3 AND NEW.job_id = '%s'".formatted(job));
    byte[] others =
        new String(SessionFiles.good(20_000), StandardCharsets.UTF_8)
            .replace("\nS-", "\nT-")
            .getBytes(StandardCharsets.UTF_8);
    String other = Scene.startJob(scene.service(), others, "");
    scene.service().client().resumeWithoutWaiting(job);

    for (int attempt = 1; attempt <= 5; attempt++) {
      int times = attempt;
      await()
          .atMost(Scene.PATIENCE)
          .until(() -> isTaken(job, 3) && attempts(job, 3).size() == times);
      named(attempts(job, 3).get(attempt - 1)).kill();
      processes.stream().filter(one -> !one.isAlive()).forEach(ServiceProcess::launch);
    }

    await().atMost(Scene.PATIENCE).until(() -> status(job).equals("failed"));
    database.letGo();
    awaitServing();
    List<String> nodes = attempts(job, 3).subList(0, 5);
    assertThat(scene.status(job).path("message").asText())
        .startsWith(
            "Chunk 3 (rows 601 to 800) was begun 5 times, and each time the process was lost (%s)."
                .formatted(String.join(", ", nodes)));
    await().atMost(Scene.PATIENCE).until(() -> status(other).equals("completed"));
    assertThat(scene.status(other).path("successfulRows").asLong()).isEqualTo(20_000);
    scene.assertConsistent(job);
  }

  @Test
  @Tag("faults")
  void anyOfThemIsKilledOrFrozenAtRandom() throws Exception {
    LOG.info("{} faults, seed {}", FAULTS, SEED);
    for (int faults = 0; faults < FAULTS; faults += FAULTS_PER_FILE) {
      scene.forgetJobs();
      String job = scene.startJob();
      disturb();
      OffsetDateTime end = now();
      await()
          .atMost(Scene.PATIENCE)
          .until(
              () -> {
                assertThat(stuckSince(end)).isZero();
                return pending() == 0;
              });
      awaitServing();
      scene.assertUndisturbed(job);
      LOG.info("{} faults so far", faults + FAULTS_PER_FILE);
    }
  }

  /** Kills processes, or freezes them for a while; all of them run at the end. */
  private void disturb() {
    List<Runnable> undo = new ArrayList<>();
    Set<ServiceProcess> hit = new HashSet<>();
    for (int i = 0; i < FAULTS_PER_FILE; i++) {
      pass(Duration.ofMillis(random.nextInt(1_500)));
      ServiceProcess victim = processes.get(random.nextInt(processes.size()));
      if (!hit.add(victim)) {
        continue;
      }
      if (random.nextBoolean()) {
        victim.kill();
        undo.add(victim::launch);
      } else {
        victim.freeze();
        undo.add(victim::thaw);
      }
    }
    OffsetDateTime last = now();
    pass(STUCK);
    if (hit.size() < processes.size()) {
      assertThat(stuckSince(last)).isZero();
    }
    undo.forEach(Runnable::run);
  }

  private static double counter(ServiceProcess process, String name) {
    return process
        .client()
        .get("/actuator/prometheus")
        .text()
        .lines()
        .filter(line -> line.startsWith(name + " "))
        .mapToDouble(line -> Double.parseDouble(line.substring(name.length() + 1)))
        .sum();
  }

  private static void awaitServing() {
    processes.forEach(ServiceProcess::awaitServing);
  }

  private static OffsetDateTime now() {
    return scene.jdbc().sql("SELECT clock_timestamp()").query(OffsetDateTime.class).single();
  }

  /** Chunks that one process has had for too long since then. */
  private static long stuckSince(OffsetDateTime fault) {
    return scene
        .jdbc()
        .sql(
            """
            SELECT count(*)
              FROM backfill_chunks
             WHERE state = 'pending'
               AND loader IS NOT NULL
               AND greatest(claimed_at, :fault) <= clock_timestamp() - make_interval(secs => :most)
            """)
        .param("fault", fault)
        .param("most", STUCK.toSeconds())
        .query(Long.class)
        .single();
  }

  private static long pending() {
    return scene
        .jdbc()
        .sql("SELECT count(*) FROM backfill_chunks WHERE state = 'pending'")
        .query(Long.class)
        .single();
  }

  /** From the database, because any of the processes may be gone. */
  private static String status(String job) {
    return scene
        .jdbc()
        .sql("SELECT status FROM backfill_jobs WHERE id = ?")
        .param(UUID.fromString(job))
        .query(String.class)
        .single();
  }

  private static boolean isTaken(String job, int chunk) {
    return ofChunk("SELECT loader IS NOT NULL", job, chunk, Boolean.class).get(0);
  }

  /** The processes that began a chunk. */
  private static List<String> attempts(String job, int chunk) {
    return ofChunk("SELECT unnest(tried_by)", job, chunk, String.class);
  }

  private static <T> List<T> ofChunk(String select, String job, int chunk, Class<T> type) {
    return scene
        .jdbc()
        .sql(select + " FROM backfill_chunks WHERE job_id = ? AND chunk_no = ?")
        .params(UUID.fromString(job), chunk)
        .query(type)
        .list();
  }

  /** The process of this name, which ends with its number. */
  private static ServiceProcess named(String node) {
    return processes.stream()
        .filter(process -> node.endsWith("/" + process.pid()))
        .findAny()
        .orElseThrow();
  }

  /** Which part of the chunks each process has loaded. */
  private static List<Double> shares() {
    return scene
        .jdbc()
        .sql(
            """
            SELECT count(*)::float8 / (SELECT count(*) FROM backfill_chunks)
              FROM backfill_chunks
             GROUP BY loader
            """)
        .query(Double.class)
        .list();
  }

  private static long count(String text, List<ServiceProcess> processes) throws Exception {
    long count = 0;
    for (ServiceProcess process : processes) {
      count += Files.readString(process.log()).lines().filter(line -> line.contains(text)).count();
    }
    return count;
  }

  private static void pass(Duration time) {
    long end = System.nanoTime() + time.toNanos();
    await()
        .pollInterval(Duration.ofMillis(5))
        .atMost(time.plusSeconds(5))
        .until(() -> System.nanoTime() >= end);
  }
}
