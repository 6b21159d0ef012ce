package org.kintell.backfill.inbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.kintell.backfill.inbox.InboxIT.names;
import static org.kintell.backfill.testsupport.Packed.gzip;
import static org.kintell.backfill.testsupport.Packed.zip;

import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.kintell.backfill.config.BackfillSettings;
import org.kintell.backfill.testsupport.GeneratedFile;
import org.kintell.backfill.testsupport.IntegrationTest;
import org.kintell.backfill.testsupport.Sessions;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * A writer stalls for longer than the quiet time: its later rows are imported too. Each file has
 * its own name, because a file that was claimed too early waits longer the next time.
 */
@IntegrationTest
class InboxStallsIT {

  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final byte[] WHOLE =
      (GeneratedFile.HEADER
              + "\n"
              + "S-1,Mentorship,john@example.com,sarah@example.com,2024-01-15T10:00:00Z,60,5,Good,B1\n"
              + "S-2,Mentorship,john@example.com,sarah@example.com,2024-01-15T10:00:00Z,60,5,Good,B1\n")
          .getBytes(StandardCharsets.UTF_8);

  @Autowired Sessions sessions;
  @Autowired BackfillSettings settings;
  @Autowired JdbcClient jdbc;

  private Path inbox;

  @BeforeEach
  void emptyInbox() throws IOException {
    sessions.addUsers(GeneratedFile.PARTICIPANT, GeneratedFile.VOLUNTEER);
    inbox = settings.inboxDir();
    InboxIT.empty(inbox);
  }

  static Stream<Arguments> stalls() {
    byte[] gzip = gzip(WHOLE);
    byte[] zip = zip("x.csv", WHOLE);
    return Stream.of(
        Arguments.of("empty.csv", WHOLE, 0),
        Arguments.of("half-a-header.csv", WHOLE, 20),
        Arguments.of("empty.csv.gz", gzip, 0),
        Arguments.of("half.csv.gz", gzip, gzip.length / 2),
        Arguments.of("half.zip", zip, zip.length / 2));
  }

  @ParameterizedTest
  @MethodSource("stalls")
  void aFileThatWasRefusedIsTakenAgainWhenItIsWhole(String name, byte[] whole, int first)
      throws IOException {
    Path failed = inbox.resolve("failed");
    try (OutputStream out = Files.newOutputStream(inbox.resolve(name))) {
      out.write(whole, 0, first);
      out.flush();
      await().atMost(PATIENCE).until(() -> Files.exists(failed.resolve(name)));
      assertThat(names(failed)).hasSize(2);
      out.write(whole, first, whole.length - first);
    }
    await().atMost(PATIENCE).until(() -> Files.exists(inbox.resolve("done").resolve(name)));
    assertThat(sessions.ids()).containsExactlyInAnyOrder("S-1", "S-2");
    assertThat(inbox.resolve("done").resolve(name)).hasBinaryContent(whole);
    assertThat(names(failed)).isEmpty();
  }

  /** As Windows does over a network: the file has its final length from the start. */
  @Test
  void aFileThatIsFilledInAfterItWasImportedIsTakenAgain() throws IOException {
    byte[] first = Arrays.copyOf(WHOLE, WHOLE.length);
    Arrays.fill(first, GeneratedFile.HEADER.length() + 1, first.length, (byte) 0);
    Path done = inbox.resolve("done/filled-in.csv");
    Path file = inbox.resolve("filled-in.csv");
    try (RandomAccessFile out = new RandomAccessFile(file.toFile(), "rw")) {
      out.write(first);
      await().atMost(PATIENCE).until(() -> Files.exists(done));
      out.seek(0);
      out.write(WHOLE);
    }
    await().atMost(PATIENCE).until(() -> sessions.ids().size() == 2);
    await().atMost(PATIENCE).until(() -> Files.exists(done));
    assertThat(done).hasBinaryContent(WHOLE);
  }

  /** As rsync and scp -p do, when they have written the last byte. */
  @Test
  void aFileWhoseTimeAloneIsSetIsNotTakenAgain() throws IOException {
    Path done = inbox.resolve("done/copied.csv");
    Files.write(inbox.resolve("copied.csv"), WHOLE);
    await().atMost(PATIENCE).until(() -> Files.exists(done));
    Files.setLastModifiedTime(done, FileTime.from(Instant.parse("2024-01-15T10:00:00Z")));

    // A file that changed later would be claimed again by then.
    Files.write(inbox.resolve("changed.csv"), WHOLE);
    await().atMost(PATIENCE).until(() -> Files.exists(inbox.resolve("done/changed.csv")));
    Files.write(inbox.resolve("done/changed.csv"), new byte[] {'\n'});
    await().atMost(PATIENCE).until(() -> Files.exists(inbox.resolve("failed/changed.csv")));
    assertThat(done).exists();
    assertThat(jdbc.sql("SELECT count(*) FROM backfill_jobs").query(Long.class).single())
        .isEqualTo(2);
  }
}
