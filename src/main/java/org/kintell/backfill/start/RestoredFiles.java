package org.kintell.backfill.start;

import java.io.IOException;
import java.util.List;
import java.util.UUID;
import org.kintell.backfill.csv.ChunkPlan;
import org.kintell.backfill.database.SqlFile;
import org.kintell.backfill.file.SourceFile;
import org.kintell.backfill.load.ChunkClaims;
import org.kintell.backfill.store.FileStore;
import org.kintell.backfill.store.StoredFile;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Stores the file of a job once more, when it was sent along with resume. */
@Repository
class RestoredFiles {

  private static final String TAILS =
      "SELECT chunk_no FROM backfill_chunks WHERE job_id = :id AND tail ORDER BY chunk_no";
  private static final String TAIL = SqlFile.read("start/tail-chunk");
  private static final String NOTE = SqlFile.read("start/note-restored-file");

  private final FileStore files;
  private final JdbcClient jdbc;

  RestoredFiles(FileStore files, JdbcClient jdbc) {
    this.files = files;
    this.jdbc = jdbc;
  }

  /** Stores a file whose content is that of the job. */
  void restore(UUID jobId, SourceFile file) throws IOException {
    List<Integer> tails = jdbc.sql(TAILS).param("id", jobId).query(Integer.class).list();
    // One plan at a time: a large file has millions of rows set aside.
    StoredFile.Version version =
        files.restore(jobId, file, () -> tails.stream().map(no -> tail(jobId, no)).iterator());
    jdbc.sql(NOTE)
        .param("id", jobId)
        .param("file", version.file())
        .param("aside", version.aside())
        .update();
  }

  private ChunkPlan tail(UUID jobId, int chunkNo) {
    return jdbc.sql(TAIL)
        .param("id", jobId)
        .param("chunkNo", chunkNo)
        .query((row, number) -> ChunkClaims.plan(row))
        .single();
  }
}
