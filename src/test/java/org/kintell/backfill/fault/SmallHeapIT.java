package org.kintell.backfill.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.kintell.backfill.testsupport.Database;
import org.kintell.backfill.testsupport.RealParts;
import org.kintell.backfill.testsupport.Scene;
import org.kintell.backfill.testsupport.ServiceProcess;
import org.kintell.backfill.testsupport.SessionFiles;

/** A heap that is too small for the loaders, in a process that goes on all the same. */
@Tag("faults")
class SmallHeapIT {

  private static final int ROWS = 16;
  private static final String LONG = "x".repeat(7 << 20);

  @Test
  void theLogSaysOnceWhatToDo() throws IOException {
    try (Database database = RealParts.newDatabase();
        ServiceProcess service = ServiceProcess.on(database)) {
      service
          .withHeap("160m")
          .with("BACKFILL_LOADERS", Integer.toString(ROWS))
          // The product ends then, by an option of the virtual machine.
          .with("_JAVA_OPTIONS", "-XX:-ExitOnOutOfMemoryError")
          .start();
      database.sessions().addUsers(SessionFiles.PARTICIPANT, SessionFiles.VOLUNTEER);
      String job =
          service
              .client()
              .upload(
                  "/import/backfill/start?autostart=true",
                  "long.csv.gz",
                  new ByteArrayInputStream(longRows()))
              .jobId();

      await()
          .atMost(Scene.PATIENCE)
          .until(
              () ->
                  database
                      .jdbc()
                      .sql("SELECT status = 'failed' FROM backfill_jobs WHERE id = ?::uuid")
                      .param(job)
                      .query(Boolean.class)
                      .single());

      List<String> log = Files.readAllLines(service.log());
      assertThat(log).as(String.join("\n", log)).noneMatch(line -> line.startsWith("\tat "));
      // That of the job, and perhaps one of a thread that serves all jobs.
      assertThat(log)
          .filteredOn(line -> line.contains("ERROR"))
          .hasSizeBetween(1, 2)
          .allMatch(line -> line.contains("Out of memory") && line.contains("-Xmx"));
    }
  }

  /** Each fills a chunk. */
  private static byte[] longRows() throws IOException {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
      gzip.write(SessionFiles.HEADER.getBytes(StandardCharsets.UTF_8));
      for (int row = 1; row <= ROWS; row++) {
        String line = SessionFiles.row("S-" + row, "4").replace("Fine", LONG);
        gzip.write(line.getBytes(StandardCharsets.UTF_8));
      }
    }
    return packed.toByteArray();
  }
}
