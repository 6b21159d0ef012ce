package org.kintell.backfill.inbox;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import org.apache.camel.Body;
import org.apache.camel.ExchangeException;
import org.apache.camel.ExchangeProperty;
import org.kintell.backfill.csv.UnusableFileException;
import org.kintell.backfill.job.Job;
import org.kintell.backfill.job.JobRepository;
import org.kintell.backfill.reject.Rejects;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/** Where a claimed file goes when its job is over, or when it is no usable file. */
@Component
public class InboxArchive {

  private static final Logger LOG = LoggerFactory.getLogger(InboxArchive.class);

  private final Inbox inbox;
  private final ArchiveFolders folders;
  private final JobRepository jobs;
  private final Rejects rejects;
  private final FileContent content;
  private final StableSizeReadLock readLock;
  private final OnceLog log;

  InboxArchive(
      Inbox inbox,
      ArchiveFolders folders,
      JobRepository jobs,
      Rejects rejects,
      FileContent content,
      StableSizeReadLock readLock,
      OnceLog log) {
    this.inbox = inbox;
    this.folders = folders;
    this.jobs = jobs;
    this.rejects = rejects;
    this.content = content;
    this.readLock = readLock;
    this.log = log;
  }

  /**
   * Moves a claimed file to where it belongs, if its job is over. A completed job has imported what
   * the file was when it was taken; where that has changed since, it is taken again.
   */
  public void settle(@Body Claim claim) {
    try {
      Optional<Job> job = jobs.find(claim.jobId());
      if (job.isPresent()) {
        settle(claim, job.get());
      }
    } catch (NoSuchFileException e) {
      LOG.debug("{} was put away by another process", claim.file());
    } catch (IOException e) {
      log.warn(
          claim.file(),
          claim.taken(),
          "Inbox file %s cannot be put away, which is tried again: %s. Its job is over, jobId: %s"
              .formatted(claim.shownName(), OnceLog.reason(e), claim.jobId()));
    }
  }

  private void settle(Claim claim, Job job) throws IOException {
    switch (job.status()) {
      case COMPLETED -> {
        if (hasChanged(claim)) {
          takeAgain(claim);
        } else {
          finish(claim, job);
        }
      }
      case FAILED, CANCELLED, ROLLED_BACK -> {
        String message = job.message() == null ? "" : job.message();
        String reason = "Job %s is %s. %s".formatted(job.id(), job.status().stored(), message);
        if (folders.failed().put(claim, ArchiveFolder.REASON, text(reason)).isPresent()) {
          LOG.info("Inbox file {} not imported, jobId: {}", claim.shownName(), claim.jobId());
        }
      }
      default -> {}
    }
  }

  private void finish(Claim claim, Job job) throws IOException {
    if (job.failedRows() == 0) {
      folders.done().put(claim);
      return;
    }
    try (InputStream lines = rejects.errorFile(job)) {
      folders.done().put(claim, ArchiveFolder.ERRORS, lines);
    }
  }

  /**
   * What becomes of a file that is no usable one, and so no job: it is set aside, or was not fully
   * written yet. If the disk has no room for the reason, it is set aside without. The log names the
   * kind of reason only: the reason itself may show a line of the file.
   */
  public void refuse(
      @ExchangeProperty("claim") Claim claim, @ExchangeException UnusableFileException refusal)
      throws IOException {
    if (hasChanged(claim)) {
      takeAgain(claim);
      return;
    }
    String kind = refusal.reason().identifier();
    try {
      Optional<Path> put =
          folders.failed().put(claim, ArchiveFolder.REASON, text(refusal.getMessage()));
      put.ifPresent(
          file ->
              LOG.warn(
                  "Inbox file {} is not imported ({}): it is in failed/, with the reason in {}.reason.txt",
                  claim.shownName(),
                  kind,
                  Claim.shown(UniqueFileNames.stem(file))));
    } catch (IOException e) {
      if (folders.failed().put(claim).isPresent()) {
        LOG.error(
            "Inbox file {} is not imported ({}). It is in failed/, where the reason cannot be written: {}."
                + " Free space, then put the file into the inbox again",
            claim.shownName(),
            kind,
            OnceLog.reason(e));
      }
    }
  }

  private static InputStream text(String reason) {
    return new ByteArrayInputStream((reason.strip() + "\n").getBytes(StandardCharsets.UTF_8));
  }

  /** What was imported of it already is a duplicate then, and nothing is lost. */
  private void takeAgain(Claim claim) throws IOException {
    readLock.tookTooEarly(claim.name());
    if (inbox.putBack(claim)) {
      LOG.warn(
          "Inbox file {} was not fully written when it was taken: taken again", claim.shownName());
    }
  }

  private boolean hasChanged(Claim claim) throws IOException {
    if (!Files.exists(claim.file())) {
      return false;
    }
    return content.hasChanged(claim.upload(), claim.version(), FileVersion.of(claim.file()));
  }
}
