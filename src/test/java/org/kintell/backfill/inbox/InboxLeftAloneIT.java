package org.kintell.backfill.inbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.kintell.backfill.inbox.InboxIT.names;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.kintell.backfill.config.BackfillSettings;
import org.kintell.backfill.testsupport.GeneratedFile;
import org.kintell.backfill.testsupport.IntegrationTest;
import org.kintell.backfill.testsupport.Sessions;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.util.FileSystemUtils;

/**
 * Files in the inbox that the service does not or cannot import: each is reported once and stays.
 */
@IntegrationTest
@ExtendWith(OutputCaptureExtension.class)
class InboxLeftAloneIT {

  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final String LEFT = "is ignored: ";

  @Autowired Sessions sessions;
  @Autowired BackfillSettings settings;
  @Autowired JdbcClient jdbc;

  @TempDir Path elsewhere;

  private Path inbox;
  private final List<Path> made = new ArrayList<>();

  @BeforeEach
  void emptyInbox() throws IOException {
    sessions.addUsers(GeneratedFile.PARTICIPANT, GeneratedFile.VOLUNTEER);
    inbox = settings.inboxDir();
    InboxIT.empty(inbox);
  }

  @AfterEach
  void removeWhatWasMade() throws IOException {
    for (Path path : made) {
      FileSystemUtils.deleteRecursively(path);
      Files.deleteIfExists(path);
    }
  }

  @Test
  void symbolicLinksAreNotFollowed(CapturedOutput log) throws Exception {
    Path target = Files.write(elsewhere.resolve("target.csv"), file(1));
    Path beside = made(Files.write(inbox.resolve("beside.part"), file(2)));
    link("absolute.csv", target);
    link("relative.csv", beside.getFileName());
    link("Packed.CSV.GZ", target);
    link("dangling.zip", Path.of("nowhere"));
    link("to-a-folder.csv", elsewhere);

    awaitTwoRounds(log);
    for (String name :
        List.of(
            "absolute.csv", "relative.csv", "Packed.CSV.GZ", "dangling.zip", "to-a-folder.csv")) {
      assertThat(inbox.resolve(name)).isSymbolicLink();
      assertThat(lines(log, "Inbox file " + name))
          .singleElement()
          .asString()
          .contains("WARN", LEFT + "it is a symbolic link");
    }
    assertThat(target).hasBinaryContent(file(1));
    assertThat(jobs()).isZero();
  }

  @Test
  void whatIsNoFileIsNotTaken(CapturedOutput log) throws Exception {
    Path folder = made(Files.createDirectory(inbox.resolve("folder.csv")));
    Path inside = Files.write(folder.resolve("inside.csv"), file(1));
    Path pipe = made(inbox.resolve("pipe.csv"));
    run("mkfifo", pipe.toString());

    awaitTwoRounds(log);
    assertThat(inside).exists();
    assertThat(pipe).exists();
    assertThat(lines(log, "Inbox file folder.csv"))
        .singleElement()
        .asString()
        .contains(LEFT + "it is a folder");
    assertThat(lines(log, "Inbox file pipe.csv"))
        .singleElement()
        .asString()
        .contains(LEFT + "it is not a regular file");
    assertThat(jobs()).isZero();
  }

  /** Another user puts a link into the claim of a dead process. */
  @Test
  void aLinkAmongTheClaimsIsNotFollowed() throws Exception {
    Path target = Files.write(elsewhere.resolve("target.csv"), file(1));
    Path claims = inbox.resolve(".claimed/4711");
    Path claim = claims.resolve("5f6dbd4b-2c1b-4d40-8f58-111111111111_1");
    made(claims);
    Files.createDirectories(claim);
    Files.createSymbolicLink(claim.resolve("x.csv"), target);
    Files.createSymbolicLink(claims.resolve("5f6dbd4b-2c1b-4d40-8f58-222222222222_1"), elsewhere);

    Files.write(inbox.resolve("last.csv"), file(9));
    await().atMost(PATIENCE).until(() -> Files.exists(inbox.resolve("done/last.csv")));
    assertThat(target).exists();
    assertThat(names(inbox.resolve("done"))).containsExactly("last.csv");
    assertThat(sessions.ids()).containsExactly("S-9");
  }

  /** Another user with write access to the inbox replaces {@code done} by a link. */
  @Test
  void anotherUsersLinkInPlaceOfAnArchiveFolderIsNotFollowed(CapturedOutput log) throws Exception {
    Path done = inbox.resolve("done");
    Files.write(inbox.resolve("x.csv"), file(1));
    await().atMost(PATIENCE).until(() -> Files.exists(done.resolve("x.csv")));
    Path target = Files.write(elsewhere.resolve("x.csv"), file(2));
    Path link = made(Files.createSymbolicLink(inbox.resolve("link"), elsewhere));
    // Created before the check: the service follows a link of its own user.
    assumeTrue(exitCode("chown", "-h", "1500", link.toString()) == 0, "needs root");
    Path away = made(Files.move(done, inbox.resolve("away")));
    Files.move(link, done);
    try {
      Files.write(inbox.resolve("y.csv"), file(3));

      await()
          .atMost(PATIENCE)
          .until(() -> !lines(log, "Inbox file y.csv could not be archived").isEmpty());
      awaitTwoRounds(log);
      assertThat(names(elsewhere)).containsExactly("x.csv");
      assertThat(target).hasBinaryContent(file(2));
      assertThat(lines(log, "is a symbolic link that another user made"))
          .as("of done itself and of y.csv")
          .hasSize(2);
    } finally {
      Files.delete(done);
    }
    await().atMost(PATIENCE).until(() -> Files.exists(done.resolve("y.csv")));
    assertThat(away.resolve("x.csv")).exists();
    assertThat(sessions.ids()).containsExactlyInAnyOrder("S-1", "S-3");
  }

  /** The attribute holds root too; folder rights would not. */
  @Test
  void aFileThatCannotBeMovedIsReportedOnceAndImportedOnceWhenItCan(CapturedOutput log)
      throws Exception {
    Path fixed = made(Files.write(inbox.resolve("fixed.csv"), file(1)));
    assumeTrue(
        exitCode("chattr", "+i", fixed.toString()) == 0,
        "needs root, and a file system that knows chattr +i");
    try {
      await().atMost(PATIENCE).until(() -> !lines(log, "Inbox file fixed.csv").isEmpty());
      // The service has retried it several times by then.
      awaitTwoRounds(log);
      awaitTwoRounds(log);
      assertThat(lines(log, "fixed.csv"))
          .singleElement()
          .asString()
          .contains("WARN", "Inbox file fixed.csv cannot be moved, so it is not imported");
      assertThat(jobs()).isZero();
      try (var claimed = Files.walk(inbox.resolve(".claimed"))) {
        assertThat(claimed.filter(path -> path.endsWith("fixed.csv"))).isEmpty();
      }
    } finally {
      run("chattr", "-i", fixed.toString());
    }
    await().atMost(PATIENCE).until(() -> Files.exists(inbox.resolve("done/fixed.csv")));
    assertThat(jobs()).isEqualTo(1);
  }

  @Test
  void namesThatMeanSomethingElsewhereAreNames(CapturedOutput log) throws Exception {
    List<String> odd = List.of("-rf.csv", "$(id).csv", "${body}.csv", "x;y=z?a&b.csv");
    for (int i = 0; i < odd.size(); i++) {
      Files.write(inbox.resolve(odd.get(i)), file(i));
    }
    for (String name : odd) {
      await(name).atMost(PATIENCE).until(() -> Files.exists(inbox.resolve("done").resolve(name)));
    }
    assertThat(sessions.ids()).hasSize(odd.size());
    assertThat(lines(log, "Inbox file")).isEmpty();
  }

  @Test
  void aNameWithABackslashIsReportedOnce(CapturedOutput log) throws Exception {
    Path file = made(Files.write(inbox.resolve("a\\b.csv"), file(1)));
    awaitTwoRounds(log);
    assertThat(lines(log, "Inbox file a\\b.csv"))
        .singleElement()
        .asString()
        .contains(LEFT + "its name has a backslash");
    assertThat(file).exists();
    assertThat(jobs()).isZero();
  }

  /** A file name with a forged log line. */
  @Test
  void aNameCannotForgeALineOfTheLog(CapturedOutput log) throws Exception {
    String forged = "x\n2026-01-01 ERROR forged.csv";
    link(forged, Path.of("nowhere"));
    Files.writeString(inbox.resolve("y\nforged too.csv"), "no,columns\n");
    await().atMost(PATIENCE).until(() -> Files.exists(inbox.resolve("failed/y\nforged too.csv")));
    awaitTwoRounds(log);
    assertThat(log.toString().lines()).noneMatch(line -> line.startsWith("2026-01-01 ERROR"));
    assertThat(log.toString().lines()).noneMatch(line -> line.startsWith("forged"));
    assertThat(log).contains("x_2026-01-01 ERROR forged.csv", "y_forged too.csv");
  }

  /** Such a file never becomes a job. */
  @Test
  void aRefusalIsLoggedWithItsKindAndWithoutAJob(CapturedOutput log) throws Exception {
    Files.writeString(inbox.resolve("refused.csv"), "john@example.com,no columns of ours\n");
    await().atMost(PATIENCE).until(() -> Files.exists(inbox.resolve("failed/refused.csv")));
    await().atMost(PATIENCE).until(() -> !lines(log, "refused.csv").isEmpty());
    assertThat(lines(log, "refused.csv"))
        .singleElement()
        .asString()
        .contains("WARN", "(missing-columns)", "refused.reason.txt")
        .doesNotContain("jobId", "john@");
  }

  private void link(String name, Path target) throws IOException {
    made(Files.createSymbolicLink(inbox.resolve(name), target));
  }

  private Path made(Path path) {
    made.add(path);
    return path;
  }

  /** Every reported file was seen twice by then. */
  private void awaitTwoRounds(CapturedOutput log) throws IOException {
    for (int round = 1; round <= 2; round++) {
      String name = "round-" + System.nanoTime() + ".csv";
      link(name, Path.of("nowhere"));
      await().atMost(PATIENCE).until(() -> log.toString().contains(name));
      Files.delete(inbox.resolve(name));
    }
  }

  private static List<String> lines(CapturedOutput log, String part) {
    return log.toString().lines().filter(line -> line.contains(part)).toList();
  }

  private long jobs() {
    return jdbc.sql("SELECT count(*) FROM backfill_jobs").query(Long.class).single();
  }

  private static void run(String... command) throws Exception {
    assertThat(exitCode(command)).as(String.join(" ", command)).isZero();
  }

  private static int exitCode(String... command) throws Exception {
    Process process = new ProcessBuilder(command).inheritIO().start();
    assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
    return process.exitValue();
  }

  static byte[] file(int id) {
    return (GeneratedFile.HEADER
            + "\nS-"
            + id
            + ",Mentorship,john@example.com,sarah@example.com,2024-01-15T10:00:00Z,60,5,Good,B1\n")
        .getBytes(StandardCharsets.UTF_8);
  }
}
