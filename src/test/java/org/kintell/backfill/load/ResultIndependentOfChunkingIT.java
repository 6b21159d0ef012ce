package org.kintell.backfill.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.kintell.backfill.testsupport.BackfillClient;
import org.kintell.backfill.testsupport.Chunks;
import org.kintell.backfill.testsupport.GeneratedFile;
import org.kintell.backfill.testsupport.IntegrationTest;
import org.kintell.backfill.testsupport.Interruption;
import org.kintell.backfill.testsupport.Sessions;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.ApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * The same file always becomes the same sessions, from the same rows, and the same error file,
 * whatever the size of the chunks, the number of loaders and the points at which it was stopped.
 */
@IntegrationTest
class ResultIndependentOfChunkingIT {

  @Autowired ApplicationContext application;
  @Autowired BackfillClient client;
  @Autowired Sessions sessions;
  @Autowired JdbcClient jdbc;

  @ParameterizedTest
  @CsvSource({"1, 4", "7, 8", "64, 1", "1000, 3"})
  void theSameComesOut(int chunkRows, int loaders) {
    Chunks.Setting.set(application, chunkRows, loaders);
    sessions.addUsers(GeneratedFile.PARTICIPANT, GeneratedFile.VOLUNTEER);
    for (long seed = 1; seed <= 2; seed++) {
      GeneratedFile file = GeneratedFile.of(300, seed);
      String job = client.start("x.csv", file.bytes()).jobId();
      interrupt(job, new Random(chunkRows * 31L + seed));
      client.resume(job);
      assertThat(client.status(job).json().path("status").asText()).isEqualTo("completed");
      assertThat(sessions.rowsById()).isEqualTo(file.sessions());
      assertThat(client.errors(job).text()).isEqualTo(file.errors());
      jdbc.sql("DELETE FROM kintell_sessions").update();
    }
  }

  /** Stops the job twice, wherever that is. */
  private void interrupt(String job, Random random) {
    int chunks =
        jdbc.sql("SELECT count(*) FROM backfill_chunks WHERE job_id = '" + job + "'")
            .query(Integer.class)
            .single();
    for (int i = 0; i < 2; i++) {
      Interruption.at(jdbc, random.nextInt(chunks), () -> client.resume(job));
    }
  }
}
