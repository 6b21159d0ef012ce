package org.kintell.backfill.dryrun;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.apache.camel.Body;
import org.apache.camel.ExchangeProperty;
import org.apache.camel.Header;
import org.kintell.backfill.config.Quantity;
import org.kintell.backfill.database.SqlFile;
import org.kintell.backfill.job.JobOptions;
import org.kintell.backfill.job.Ownership;
import org.kintell.backfill.start.NewJobs;
import org.kintell.backfill.start.Upload;
import org.kintell.backfill.store.FileStore;
import org.kintell.backfill.store.StoredFile;
import org.kintell.backfill.trail.Actor;
import org.kintell.backfill.trail.Trail;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.support.TransactionTemplate;

/** Jobs that validate a file without importing it; removed once their report is made. */
@Repository
public class DryRuns {

  private static final Logger LOG = LoggerFactory.getLogger(DryRuns.class);

  /** The header that holds an {@link Of}; absent for a dry run that is not kept. */
  public static final String OF = "dryRunOf";

  private static final String MARK = SqlFile.read("dryrun/mark-dry-run");
  private static final String ABANDONED = SqlFile.read("dryrun/abandoned-dry-runs");
  private static final String REMOVE = SqlFile.read("dryrun/remove-dry-run");
  private static final String REMOVE_SESSIONS = SqlFile.read("dryrun/remove-dry-run-sessions");
  private static final String REMOVE_FAULTS = SqlFile.read("dryrun/remove-dry-run-faults");

  private final NewJobs jobs;
  private final FileStore files;
  private final Ownership ownership;
  private final TransactionTemplate transaction;
  private final JdbcClient jdbc;
  private final Trail trail;

  DryRuns(
      NewJobs jobs,
      FileStore files,
      Ownership ownership,
      TransactionTemplate transaction,
      JdbcClient jdbc,
      Trail trail) {
    this.trail = trail;
    this.jobs = jobs;
    this.files = files;
    this.ownership = ownership;
    this.transaction = transaction;
    this.jdbc = jdbc;
  }

  /**
   * Purpose of a dry run.
   *
   * @param checkedJobId the job whose file or rejects it checks, or null
   * @param rejects whether it checks corrected rejects, whose rows have numbers of that job
   * @param kept whether it is kept for a day
   */
  public record Of(UUID checkedJobId, boolean rejects, boolean kept) {}

  /** Creates the job of a dry run; if that fails, the stored file is removed. */
  public UUID create(
      @Body StoredFile stored,
      @ExchangeProperty("upload") Upload upload,
      @Header("options") JobOptions options,
      @Header(OF) Of of)
      throws IOException {
    UUID id = upload.jobId();
    boolean created = false;
    try {
      transaction.executeWithoutResult(
          status -> {
            insert(upload, stored, options);
            jdbc.sql(MARK)
                .param("id", id)
                .param("owner", ownership.number())
                .param("checkedJobId", of.checkedJobId())
                .param("rejects", of.rejects())
                .param("kept", of.kept())
                .update();
            trail.note(
                "validated",
                of.checkedJobId(),
                "%d rows of %s".formatted(stored.index().rows(), upload.fileName()));
          });
      created = true;
      files.jobCreated(id);
      LOG.info(
          "Dry run created, jobId: {}, {}, by {}",
          id,
          Quantity.of(stored.index().rows(), "row"),
          Actor.current());
      return id;
    } finally {
      Files.deleteIfExists(stored.index().plan());
      if (!created) {
        files.discard(id);
      }
    }
  }

  private void insert(Upload upload, StoredFile stored, JobOptions options) {
    try {
      jobs.create(upload, stored, options, Duration.ZERO);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Removes a dry run and its data. */
  public void remove(@Body UUID id) {
    transaction.executeWithoutResult(
        status -> {
          // The job and its chunks first: after that, no loader can add rows.
          for (String statement : List.of(REMOVE, REMOVE_SESSIONS, REMOVE_FAULTS)) {
            jdbc.sql(statement).param("id", id).update();
          }
          // Before the commit: a file that cannot be deleted now is found by its dry run later.
          discard(id);
        });
    LOG.info("Dry run removed, jobId: {}", id);
  }

  private void discard(UUID id) {
    try {
      files.discard(id);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Dry runs whose process has died. */
  public List<UUID> abandoned() {
    return jdbc.sql(ABANDONED)
        .param("owner", ownership.number())
        .query((row, number) -> row.getObject(1, UUID.class))
        .list();
  }
}
