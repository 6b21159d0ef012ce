package org.kintell.backfill.inbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.kintell.backfill.inbox.InboxIT.names;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.kintell.backfill.config.BackfillSettings;
import org.kintell.backfill.testsupport.BackfillClient;
import org.kintell.backfill.testsupport.Database;
import org.kintell.backfill.testsupport.GeneratedFile;
import org.kintell.backfill.testsupport.IntegrationTest;
import org.kintell.backfill.testsupport.OtherNode;
import org.kintell.backfill.testsupport.Sessions;
import org.springframework.beans.factory.annotation.Autowired;

/** Claims of other processes, live and dead. */
@IntegrationTest
class InboxOwnersIT {

  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final GeneratedFile FILE = GeneratedFile.of(30, 1);

  /** The number of a process that counts as alive while its lock is held. */
  private static final long OTHER = 4712;

  @Autowired Sessions sessions;
  @Autowired BackfillSettings settings;
  @Autowired BackfillClient client;
  @Autowired Database database;

  private Path inbox;
  private Path done;

  @BeforeEach
  void emptyInbox() throws IOException {
    sessions.addUsers(GeneratedFile.PARTICIPANT, GeneratedFile.VOLUNTEER);
    inbox = settings.inboxDir();
    done = inbox.resolve("done");
    InboxIT.empty(inbox);
  }

  @Test
  void aFileStaysWithItsProcessWhileThatLivesAndGoesToAnotherWhenItDied() throws Exception {
    JsonNode job = client.importFile("x.csv", FILE.bytes());
    OtherNode other = new OtherNode(database.jdbc(), OTHER);
    Path claim = claim(OTHER, job.path("jobId").asText());

    awaitARound();
    assertThat(claim.resolve("x.csv")).hasBinaryContent(FILE.bytes());
    assertThat(names(claim)).containsExactly("x.csv");
    assertThat(names(done)).containsExactly("last.csv");
    other.vanish();
    await().atMost(PATIENCE).until(() -> Files.exists(done.resolve("x.csv")));
    assertThat(names(done)).containsExactlyInAnyOrder("last.csv", "x.csv", "x.errors.csv");
    assertThat(done.resolve("x.csv")).hasBinaryContent(FILE.bytes());
    assertThat(done.resolve("x.errors.csv")).hasContent(FILE.errors());
  }

  @Test
  void aFileThatEndedItsProcessesIsPutAside() throws Exception {
    leaveBehind(UUID.randomUUID().toString(), ReadingAttempts.MOST);

    await().atMost(PATIENCE).until(() -> Files.exists(inbox.resolve("failed/x.csv")));
    assertThat(names(inbox.resolve("failed"))).containsExactlyInAnyOrder("x.csv", "x.reason.txt");
    assertThat(inbox.resolve("failed/x.reason.txt"))
        .content()
        .contains("tried 3 times to read this file", "the process ended while reading it");
    assertThat(sessions.ids()).isEmpty();
    assertThat(names(inbox.resolve(".claimed/" + OTHER))).isEmpty();
  }

  @Test
  void aFileThatEndedFewerProcessesIsReadAgain() throws Exception {
    leaveBehind(UUID.randomUUID().toString(), ReadingAttempts.MOST - 1);

    await().atMost(PATIENCE).until(() -> Files.exists(done.resolve("x.csv")));
    assertThat(sessions.ids()).isNotEmpty();
  }

  /** It was read: whatever ended the processes was something else. */
  @Test
  void aFileWhoseJobExistsIsArchivedWhateverItsAttempts() throws Exception {
    JsonNode job = client.importFile("x.csv", FILE.bytes());
    leaveBehind(job.path("jobId").asText(), 9);

    await().atMost(PATIENCE).until(() -> Files.exists(done.resolve("x.csv")));
    assertThat(names(done)).containsExactlyInAnyOrder("x.csv", "x.errors.csv");
  }

  /** As processes leave a claim that they could not read. */
  private void leaveBehind(String jobId, int attempts) throws IOException {
    Path file = Files.write(inbox.resolve("x.csv.part"), FILE.bytes());
    Path other = Files.createDirectories(inbox.resolve(".claimed/" + OTHER));
    Path claim = Files.createDirectories(inbox.resolve(".making"));
    Files.write(claim.resolve(".attempts"), new byte[attempts]);
    Files.move(file, claim.resolve("x.csv"));
    Files.move(claim, other.resolve(jobId + "_" + FILE.bytes().length));
  }

  /** Puts the file where a process puts it when it claims it. */
  private Path claim(long owner, String jobId) throws IOException {
    byte[] file = FILE.bytes();
    Path part = Files.write(inbox.resolve("x.csv.part"), file);
    Path claim = inbox.resolve(".claimed/" + owner + "/" + jobId + "_" + file.length);
    Files.createDirectories(claim);
    Files.move(part, claim.resolve("x.csv"), StandardCopyOption.ATOMIC_MOVE);
    return claim;
  }

  /** When this file is imported, this process has checked all claims. */
  private void awaitARound() throws IOException {
    byte[] file = (GeneratedFile.HEADER + "\n").getBytes(StandardCharsets.UTF_8);
    Files.write(inbox.resolve("last.csv"), file);
    await().atMost(PATIENCE).until(() -> Files.exists(done.resolve("last.csv")));
  }
}
