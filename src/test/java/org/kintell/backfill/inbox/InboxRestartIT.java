package org.kintell.backfill.inbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.kintell.backfill.testsupport.Database;
import org.kintell.backfill.testsupport.GeneratedFile;
import org.kintell.backfill.testsupport.RealParts;
import org.kintell.backfill.testsupport.ServiceProcess;

/** The inbox after a restart, in a locale without umlauts. */
class InboxRestartIT {

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @Test
  void whatIsWrittenWhileTheServiceRestartsIsImported() throws Exception {
    try (Database database = RealParts.newDatabase();
        ServiceProcess service = ServiceProcess.on(database).with("LC_ALL", "C")) {
      byte[] whole = file(1, 2);
      int half = whole.length - 20;
      service.start();
      database.sessions().addUsers(GeneratedFile.PARTICIPANT, GeneratedFile.VOLUNTEER);
      Path inbox = service.folder().resolve("inbox");
      Path fixed = Files.write(inbox.resolve("fixed.csv"), file(9));
      boolean isFixed = exitCode("chattr", "+i", fixed.toString()) == 0;
      assertThat(exitCode("bash", "-c", "printf x > \"$1\"/$'M\\xc3\\xa4rz.csv'", "-", inbox + ""))
          .isZero();
      try (OutputStream done = Files.newOutputStream(inbox.resolve("done.csv"));
          OutputStream failed = Files.newOutputStream(inbox.resolve("failed.csv"))) {
        done.write(whole, 0, half);
        done.flush();
        await().atMost(PATIENCE).until(() -> Files.exists(inbox.resolve("done/done.csv")));
        await().atMost(PATIENCE).until(() -> Files.exists(inbox.resolve("failed/failed.csv")));
        await().atMost(PATIENCE).until(() -> !lines(service, "rz.csv").isEmpty());

        assertThat(service.stop()).isLessThan(Duration.ofSeconds(10));
        done.write(whole, half, whole.length - half);
        failed.write(file(3));
        failed.flush();
        service.start();

        await()
            .atMost(PATIENCE)
            .until(() -> database.sessions().ids().containsAll(List.of("S-2", "S-3")));
        await().atMost(PATIENCE).until(() -> Files.exists(inbox.resolve("done/done.csv")));
        await().atMost(PATIENCE).until(() -> Files.exists(inbox.resolve("done/failed.csv")));
      } finally {
        if (isFixed) {
          exitCode("chattr", "-i", fixed.toString());
        }
      }
      assertThat(lines(service, "rz.csv"))
          .as("once a start")
          .hasSize(2)
          .allMatch(line -> line.contains("the encoding of this service's locale"));
      if (isFixed) {
        assertThat(lines(service, "fixed.csv cannot be moved")).as("once a start").hasSize(2);
        await().atMost(PATIENCE).until(() -> Files.exists(inbox.resolve("done/fixed.csv")));
        assertThat(
                database
                    .jdbc()
                    .sql("SELECT count(*) FROM backfill_jobs WHERE file_name = 'fixed.csv'")
                    .query(Long.class)
                    .single())
            .isEqualTo(1);
      }
    }
  }

  private static List<String> lines(ServiceProcess service, String part) throws IOException {
    // Java writes a name that it cannot decode with bytes that are no UTF-8.
    return new String(Files.readAllBytes(service.log()), StandardCharsets.ISO_8859_1)
        .lines()
        .filter(line -> line.contains(part))
        .toList();
  }

  private static byte[] file(int... ids) {
    StringBuilder text = new StringBuilder(GeneratedFile.HEADER + "\n");
    Arrays.stream(ids)
        .forEach(
            id ->
                text.append("S-")
                    .append(id)
                    .append(
                        ",Mentorship,john@example.com,sarah@example.com,2024-01-15T10:00:00Z,60,5,Good,B1\n"));
    return text.toString().getBytes(StandardCharsets.UTF_8);
  }

  private static int exitCode(String... command) throws Exception {
    Process process = new ProcessBuilder(command).inheritIO().start();
    assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
    return process.exitValue();
  }
}
