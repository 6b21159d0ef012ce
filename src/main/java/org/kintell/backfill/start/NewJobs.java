package org.kintell.backfill.start;

import java.io.IOException;
import java.time.Duration;
import org.kintell.backfill.config.Quantity;
import org.kintell.backfill.csv.FileIndex;
import org.kintell.backfill.database.SqlFile;
import org.kintell.backfill.job.FileCopy;
import org.kintell.backfill.job.Job;
import org.kintell.backfill.job.JobOptions;
import org.kintell.backfill.job.JobRepository;
import org.kintell.backfill.job.JobStatus;
import org.kintell.backfill.reject.ErrorFile;
import org.kintell.backfill.store.StoredFile;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.annotation.Transactional;

/** Creates jobs with their chunk plans. */
@Repository
public class NewJobs {

  private static final String CREATE = SqlFile.read("start/create-job");
  private static final String COPY_PLAN = SqlFile.read("start/copy-plan");

  private final JdbcClient jdbc;
  private final FileCopy files;
  private final JobRepository jobs;

  NewJobs(JdbcClient jdbc, FileCopy files, JobRepository jobs) {
    this.jdbc = jdbc;
    this.files = files;
    this.jobs = jobs;
  }

  /**
   * Creates a job and its chunk plan in one transaction. A file without rows is completed at once.
   *
   * @param indexing time spent storing and indexing the file
   */
  @Transactional
  public Job create(Upload upload, StoredFile stored, JobOptions options, Duration indexing)
      throws IOException {
    FileIndex index = stored.index();
    boolean empty = index.rows() == 0;
    jdbc.sql(CREATE)
        .param("id", upload.jobId())
        .param("fileName", upload.fileName())
        .param("charset", upload.charset().name())
        .param("timezone", upload.zone() == null ? null : upload.zone().getId())
        .param("key", upload.key())
        .param("status", (empty ? JobStatus.COMPLETED : JobStatus.PENDING).stored())
        .param(
            "message",
            empty ? "The file has no rows. Nothing to do." : created(upload, index, options))
        .param("totalRows", index.rows())
        .param("sha256", index.sha256())
        .param("size", index.size())
        .param("header", index.header().raw())
        .param("delimiter", String.valueOf(index.header().delimiter()))
        .param("lineEnd", index.header().lineEnd())
        .param("onDuplicate", options.onDuplicate().stored())
        .param("maxErrors", options.budget().maxErrors())
        .param("maxErrorRate", options.budget().maxErrorRate())
        .param("origin", upload.origin().stored())
        .param("fileEtag", stored.version().file())
        .param("asideEtag", stored.version().aside())
        .param("indexSeconds", indexing.toNanos() / 1e9)
        .update();
    files.send(COPY_PLAN, index.plan());
    return jobs.find(upload.jobId()).orElseThrow();
  }

  private static String created(Upload upload, FileIndex index, JobOptions options) {
    String created = "Backfill job created. Call resume endpoint to start processing.";
    if (options.budget().isLimited()) {
      created +=
          " Its error budget is checked after every %s."
              .formatted(Quantity.of(index.chunkRows(), "row"));
    }
    if (upload.parent() == null && index.header().hasErrorRow()) {
      created +=
          " It has the columns of an error file, and its name names no job: to correct the rejects of"
              + " a job, upload it as %s<jobId>.csv or with ?parentJobId=<jobId>."
                  .formatted(ErrorFile.NAME);
    }
    return created;
  }
}
