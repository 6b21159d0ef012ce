package org.kintell.backfill.load;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.stream.Stream;
import org.apache.camel.Body;
import org.kintell.backfill.BackfillSettings;
import org.kintell.backfill.Quantity;
import org.kintell.backfill.WritableFolder;
import org.kintell.backfill.job.Job;
import org.kintell.backfill.job.JobRepository;
import org.kintell.backfill.job.Verification;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.task.SimpleAsyncTaskExecutor;
import org.springframework.stereotype.Component;

/**
 * Ends a job whose chunks are all loaded: counts what came of it and writes its error file, both at
 * once, then completes it.
 */
@Component
public class FinishJob {

  private static final Logger LOG = LoggerFactory.getLogger(FinishJob.class);

  private static final String PART = ".part";

  private final JobRepository jobs;
  private final Rejects rejects;
  private final ErrorFileCopy errorFiles;
  private final Path errorsDir;

  /** Error files aside that are being written now. */
  private final Set<Path> writing = ConcurrentHashMap.newKeySet();

  /** A thread for each job that ends. */
  private final Executor counting = new SimpleAsyncTaskExecutor("verify-");

  FinishJob(
      JobRepository jobs, Rejects rejects, ErrorFileCopy errorFiles, BackfillSettings settings) {
    this.jobs = jobs;
    this.rejects = rejects;
    this.errorFiles = errorFiles;
    this.errorsDir = WritableFolder.of("BACKFILL_ERRORS_DIR", settings.errorsDir());
  }

  /**
   * Completes the job, unless it was stopped meanwhile. A dry run has neither sessions to be
   * verified nor an error file.
   *
   * @throws InconsistentJobException when what was loaded does not add up
   */
  public void finish(@Body Job job) {
    if (job.dryRun()) {
      jobs.complete(job.id(), null, null, null);
      LOG.info("Dry run over, jobId: {}, {}", job.id(), Quantity.of(job.totalRows(), "row"));
      return;
    }
    CompletableFuture<Counted> counted = CompletableFuture.supplyAsync(() -> count(job), counting);
    String path = null;
    String unwritten = null;
    try {
      if (rejects.exist(job)) {
        path = path(job).toString();
        unwritten = write(job);
      }
    } finally {
      // If this has failed it is tried again, and is not to count a second time meanwhile.
      counted.handle((count, failure) -> null).join();
    }
    Counted count = InOtherThread.await(counted);
    Verification verification = count.verification();
    if (!verification.consistent()) {
      discard(path(job));
      throw new InconsistentJobException(verification);
    }
    String message =
        Stream.of(nothingImported(verification), removed(verification), unwritten)
            .filter(Objects::nonNull)
            .reduce((one, other) -> one + " " + other)
            .orElse(null);
    if (jobs.complete(job.id(), path, message, count.causes())) {
      Job over = jobs.find(job.id()).orElseThrow();
      LOG.info(
          "Job completed, jobId: {}, {} imported, {} rejected, {} skipped, {} updated",
          over.id(),
          Quantity.of(over.successfulRows(), "row"),
          over.failedRows(),
          over.skippedRows(),
          over.updatedRows());
    }
  }

  /**
   * What came of a job.
   *
   * @param causes rejected rows by cause, as JSON
   */
  private record Counted(Verification verification, String causes) {}

  private Counted count(Job job) {
    return new Counted(jobs.verify(job.id()), jobs.causes(job.id()));
  }

  /** Completed, and yet nothing came of it: nobody may overlook that. */
  private static String nothingImported(Verification verification) {
    long rejected = verification.failedRows();
    return rejected == 0 || rejected < verification.processedRows()
        ? null
        : "Nothing was imported: %s rejected. GET /import/backfill/%s/report counts them by cause."
            .formatted(
                rejected == 1 ? "the only row was" : "all %d rows were".formatted(rejected),
                verification.jobId());
  }

  private static String removed(Verification verification) {
    return verification.removedOutside() == 0
        ? null
        : "Removed from outside while it ran: %s."
            .formatted(Quantity.of(verification.removedOutside(), "session"));
  }

  /** Where the error file of a job belongs. */
  public Path path(Job job) {
    return errorsDir.resolve("backfill_errors_" + job.id() + ".csv").toAbsolutePath().normalize();
  }

  /**
   * Writes the file aside and renames it; a folder that refuses it must not stop the job. Aside of
   * each attempt: a job that was stopped while it ended, and resumed, is ended by two at a time.
   */
  private String write(Job job) {
    Path target = path(job);
    Path aside = target.resolveSibling(target.getFileName() + "." + UUID.randomUUID() + PART);
    writing.add(aside);
    try {
      Files.createDirectories(errorsDir);
      discardAsides(target);
      errorFiles.write(job, aside);
      Files.move(aside, target, StandardCopyOption.ATOMIC_MOVE);
      return null;
    } catch (RuntimeException e) {
      discard(aside);
      throw e;
    } catch (IOException e) {
      LOG.warn("Error file not written, jobId: {}, {} ({})", job.id(), target, reason(e, aside));
      discard(aside);
      return "The error file could not be written to %s (%s). Download it from /import/backfill/%s/errors instead."
          .formatted(target, reason(e, aside), job.id());
    } finally {
      writing.remove(aside);
    }
  }

  /** Without the name of the file aside, which means nothing to anybody. */
  private static String reason(IOException e, Path aside) {
    String text = String.valueOf(e.getMessage());
    String words = text.replace(aside + ": ", "");
    return e.getClass() == IOException.class || words.length() < text.length()
        ? words
        : e.getClass().getSimpleName();
  }

  /** Of attempts that died with their process, or of one that has lost the job. */
  private void discardAsides(Path target) {
    try (DirectoryStream<Path> asides =
        Files.newDirectoryStream(errorsDir, target.getFileName() + ".*" + PART)) {
      for (Path aside : asides) {
        if (!writing.contains(target.resolveSibling(aside.getFileName()))) {
          discard(aside);
        }
      }
    } catch (IOException | DirectoryIteratorException e) {
      LOG.debug("{} is not looked through: {}", errorsDir, e.toString());
    }
  }

  private static void discard(Path aside) {
    try {
      Files.deleteIfExists(aside);
    } catch (IOException e) {
      LOG.debug("{} stays behind: {}", aside, e.toString());
    }
  }
}
