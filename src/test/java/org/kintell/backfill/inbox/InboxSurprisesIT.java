package org.kintell.backfill.inbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.kintell.backfill.inbox.InboxIT.names;

import com.google.common.primitives.Bytes;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.kintell.backfill.config.BackfillSettings;
import org.kintell.backfill.testsupport.GeneratedFile;
import org.kintell.backfill.testsupport.IntegrationTest;
import org.kintell.backfill.testsupport.Sessions;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.util.FileSystemUtils;

/** Files with long pauses, and with unusual names. */
@IntegrationTest
@ExtendWith(OutputCaptureExtension.class)
class InboxSurprisesIT {

  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final String ROW =
      "S-%d,Mentorship,john@example.com,sarah@example.com,2024-01-15T10:00:00Z,60,5,Good,B1\n";

  @Autowired Sessions sessions;
  @Autowired BackfillSettings settings;
  @Autowired JdbcClient jdbc;

  private Path inbox;
  private Path done;

  @BeforeEach
  void emptyInbox() throws IOException {
    sessions.addUsers(GeneratedFile.PARTICIPANT, GeneratedFile.VOLUNTEER);
    inbox = settings.inboxDir();
    done = inbox.resolve("done");
    InboxIT.empty(inbox);
  }

  /** In two halves: the second comes when the first has long been imported. */
  @Test
  void whatIsWrittenToAFileThatIsDoneWithIsImportedToo(CapturedOutput log) throws IOException {
    byte[] whole = file(1, 2, 3, 4);
    int half = whole.length / 2;
    try (OutputStream out = Files.newOutputStream(inbox.resolve("x.csv"))) {
      out.write(whole, 0, half);
      out.flush();
      awaitDone("x.csv");
      assertThat(sessions.ids()).hasSizeLessThan(4);
      out.write(whole, half, whole.length - half);
    }
    await().atMost(PATIENCE).untilAsserted(() -> assertThat(sessions.ids()).hasSize(4));
    awaitDone("x.csv");
    assertThat(done.resolve("x.csv")).hasBinaryContent(whole);
    // The half row was a reject, and now the whole first row is one.
    assertThat(done.resolve("x.errors.csv")).content().contains("Duplicate key");
    assertThat(names(done))
        .hasSize(3)
        .anyMatch(name -> name.matches("x-\\d{8}T\\d{6}\\.\\d{3}Z\\.errors\\.csv"));
    assertThat(log).contains("done/x.csv changed after it was archived and is imported again");
  }

  @Test
  void aFileThatCannotBeTakenAgainYetIsNotForgottenAndHoldsNoOtherUp() throws IOException {
    List<String> names = List.of("x.csv", "y.csv");
    for (String name : names) {
      Files.write(inbox.resolve(name), file(1));
    }
    names.forEach(this::awaitDone);
    // No file can be moved to the place of a dangling link.
    Path obstacle = Files.createSymbolicLink(inbox.resolve("x.csv"), Path.of("nowhere"));
    try {
      Files.writeString(done.resolve("x.csv"), ROW.formatted(2), StandardOpenOption.APPEND);
      Files.writeString(done.resolve("y.csv"), ROW.formatted(3), StandardOpenOption.APPEND);
      await().atMost(PATIENCE).until(() -> sessions.ids().contains("S-3"));
      assertThat(sessions.ids()).doesNotContain("S-2");
    } finally {
      Files.delete(obstacle);
    }
    await().atMost(PATIENCE).until(() -> sessions.ids().contains("S-2"));
    names.forEach(this::awaitDone);
  }

  @Test
  void aFileThatGrewWhileItsJobRanIsTakenAgain(CapturedOutput log) throws IOException {
    byte[] whole = file(1, 2);
    // By its name, the file was one byte long when a process claimed it that is dead now.
    Path claim = inbox.resolve(".claimed/4711/" + UUID.randomUUID() + "_1");
    Files.createDirectories(claim);
    Files.write(claim.resolve("x.csv"), whole);

    awaitDone("x.csv");
    assertThat(claim).doesNotExist();
    assertThat(jdbc.sql("SELECT count(*) FROM backfill_jobs").query(Long.class).single())
        .isEqualTo(2);
    assertThat(sessions.ids()).containsExactlyInAnyOrder("S-1", "S-2");
    assertThat(log).contains("x.csv changed after it was claimed and is imported again");
  }

  /** As after a process that died between moving the error file and the file itself. */
  @Test
  void anErrorFileThatLiesThereAlreadyIsTakenForThisOne() throws IOException {
    byte[] whole = fileWithReject();
    Files.write(inbox.resolve("x.csv"), whole);
    awaitDone("x.csv");
    byte[] errors = Files.readAllBytes(done.resolve("x.errors.csv"));
    Path claim = inbox.resolve(".claimed/4711/" + onlyJob());
    Files.createDirectories(claim);
    Files.move(done.resolve("x.csv"), claim.resolve("x.csv"));

    awaitDone("x.csv");
    assertThat(names(done)).containsExactlyInAnyOrder("x.csv", "x.errors.csv");
    assertThat(done.resolve("x.errors.csv")).hasBinaryContent(errors);
  }

  @Test
  void anotherErrorFileThatLiesThereIsNotReplaced() throws IOException {
    Path other = Files.createDirectories(done).resolve("x.errors.csv");
    Files.writeString(other, "somebody is mending this one");
    Files.write(inbox.resolve("x.csv"), fileWithReject());

    await().atMost(PATIENCE).until(() -> names(done).size() == 3);
    assertThat(other).hasContent("somebody is mending this one");
  }

  /** File managers leave such files in any folder that they show. */
  @Test
  void straysAmongTheClaimsHoldNothingUp() throws IOException {
    Path claimed = inbox.resolve(".claimed");
    Path own = claimed.resolve("4711/" + UUID.randomUUID());
    Path odd = claimed.resolve("odd/folder/of");
    Files.createDirectories(own);
    Files.createDirectories(odd);
    List<Path> strays =
        Stream.of(claimed, own.getParent(), own, odd.getParent().getParent(), odd.getParent(), odd)
            .map(folder -> folder.resolve(".DS_Store"))
            .toList();
    for (Path stray : strays) {
      Files.write(stray, new byte[1]);
    }
    Files.write(own.resolve("x.csv"), file(1));
    try {
      awaitDone("x.csv");
      assertThat(names(done)).containsExactly("x.csv");
      assertThat(names(inbox)).doesNotContain("failed");
      assertThat(strays.get(0)).exists();
    } finally {
      for (Path folder : List.of(own.getParent(), odd.getParent().getParent())) {
        FileSystemUtils.deleteRecursively(folder);
      }
      Files.delete(strays.get(0));
    }
  }

  @Test
  void theLongestNamesThereAreAreShortened() throws IOException {
    String longest = "k".repeat(251) + ".csv";
    String ofManyBytes = "素".repeat(83) + ".csv";
    for (String name : List.of(longest, ofManyBytes, longest)) {
      Files.write(inbox.resolve(name), fileWithReject());
      await().atMost(PATIENCE).until(() -> !names(inbox).contains(name));
    }
    await().atMost(PATIENCE).untilAsserted(() -> assertThat(names(done)).hasSize(6));
    assertThat(names(done))
        .contains("k".repeat(244) + ".csv", "k".repeat(244) + ".errors.csv")
        .contains("素".repeat(81) + ".csv", "素".repeat(81) + ".errors.csv")
        .anyMatch(name -> name.matches("k{223}-\\d{8}T\\d{6}\\.\\d{3}Z\\.errors\\.csv"));
    assertThat(names(inbox)).containsExactlyInAnyOrder(".claimed", "done");
  }

  @Test
  void aNameMayHaveALineBreak() throws IOException {
    Files.write(inbox.resolve("two\nlines.csv"), file(1));
    awaitDone("two\nlines.csv");
    assertThat(sessions.ids()).containsExactly("S-1");
  }

  @Test
  void aNameThatIsNotUtf8IsToldOnceAndHoldsNothingUp(CapturedOutput log) throws Exception {
    Process shell =
        new ProcessBuilder("bash", "-c", "printf x > \"$1\"/$'latin-\\xfe.csv'", "-", inbox + "")
            .start();
    assertThat(shell.waitFor(10, TimeUnit.SECONDS)).isTrue();
    Path odd;
    try (Stream<Path> files = Files.list(inbox)) {
      odd =
          files.filter(file -> file.getFileName().toString().startsWith("latin-")).findAny().get();
    }
    try {
      await().atMost(PATIENCE).until(() -> log.toString().contains("its name is not UTF-8"));
      Files.write(inbox.resolve("x.csv"), file(1));
      awaitDone("x.csv");
      assertThat(log.toString().split("its name is not UTF-8", -1)).hasSize(2);
      assertThat(log).doesNotContain("Cannot rename file");
      assertThat(odd).exists();
    } finally {
      Files.delete(odd);
    }
  }

  private void awaitDone(String name) {
    await().atMost(PATIENCE).until(() -> Files.exists(done.resolve(name)));
  }

  private String onlyJob() {
    return jdbc.sql("SELECT id::text FROM backfill_jobs").query(String.class).single();
  }

  private static byte[] fileWithReject() {
    return Bytes.concat(file(1), "S-9,\n".getBytes(StandardCharsets.UTF_8));
  }

  private static byte[] file(int... ids) {
    StringBuilder text = new StringBuilder(GeneratedFile.HEADER + "\n");
    for (int id : ids) {
      text.append(ROW.formatted(id));
    }
    return text.toString().getBytes(StandardCharsets.UTF_8);
  }
}
