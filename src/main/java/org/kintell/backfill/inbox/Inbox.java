package org.kintell.backfill.inbox;

import java.io.ByteArrayInputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.apache.camel.Body;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangeProperty;
import org.apache.camel.Header;
import org.kintell.backfill.BackfillSettings;
import org.kintell.backfill.WritableFolder;
import org.kintell.backfill.job.Job;
import org.kintell.backfill.job.JobRepository;
import org.kintell.backfill.job.JobStatus;
import org.kintell.backfill.job.Ownership;
import org.kintell.backfill.load.Rejects;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/** The watched folder. A file is moved by renaming only, so it is in one place at any moment. */
@Component
public class Inbox {

  private static final Logger LOG = LoggerFactory.getLogger(Inbox.class);

  private final Path folder;
  private final Claims claims;
  private final Shelf doneShelf;
  private final Shelf failedShelf;
  private final JobRepository jobs;
  private final Rejects rejects;
  private final Ownership ownership;
  private final FullyWritten written;
  private final DoneFiles done;

  Inbox(
      BackfillSettings settings,
      JobRepository jobs,
      Rejects rejects,
      Ownership ownership,
      FullyWritten written,
      DoneFiles done) {
    this.folder =
        WritableFolder.of("BACKFILL_INBOX_DIR", settings.inboxDir()).toAbsolutePath().normalize();
    this.claims = new Claims(folder, ownership);
    this.doneShelf = new Shelf(folder.resolve("done"));
    this.failedShelf = new Shelf(folder.resolve("failed"));
    this.jobs = jobs;
    this.rejects = rejects;
    this.ownership = ownership;
    this.written = written;
    this.done = done;
  }

  /** The folder, within the inbox, that this file is claimed into. */
  public String claimFolder(@Header(Exchange.FILE_LENGTH) long length) {
    return Claim.folder(ownership.number(), UUID.randomUUID(), length);
  }

  /** What was claimed. */
  public Claim claim(@Body File file) {
    return Claim.of(file.toPath().toAbsolutePath().normalize()).orElseThrow();
  }

  /** The claims that are for this process to see to. */
  public List<Claim> claims() throws IOException {
    return claims.unattended();
  }

  /** Whether the process that claimed the file died before it made a job of it that runs. */
  public boolean isAbandoned(@Body Claim claim) {
    return !claims.isOwn(claim)
        && jobs.find(claim.jobId())
            .map(job -> job.status() == JobStatus.PENDING && !job.isWaiting())
            .orElse(true);
  }

  /** The claim as this process's own; null where another one sees to it by now. */
  public Claim adopt(@Body Claim claim) throws IOException {
    return claims.adopt(claim).orElse(null);
  }

  /** Whether a claimed file already is a job, which then only has to be run. */
  public boolean isJob(@Body Claim claim) {
    return jobs.find(claim.jobId()).isPresent();
  }

  /**
   * Moves the file to where it belongs, if its job is over. A completed one has what the file was
   * when it was taken; where that has grown since, it is taken again.
   */
  public void settle(@Body Claim claim) throws IOException {
    Job job = jobs.find(claim.jobId()).orElse(null);
    if (job == null) {
      return;
    }
    switch (job.status()) {
      case COMPLETED -> {
        if (claim.hasGrown()) {
          takeAgain(claim);
        } else {
          finish(claim, job);
        }
      }
      case FAILED, CANCELLED, ROLLED_BACK ->
          setAside(
              claim,
              "Job %s is %s. %s"
                  .formatted(
                      job.id(), job.status().stored(), job.message() == null ? "" : job.message()));
      default -> {}
    }
  }

  private void finish(Claim claim, Job job) throws IOException {
    Optional<Path> target;
    if (job.failedRows() > 0) {
      try (InputStream lines = rejects.errorFile(job)) {
        target = doneShelf.put(claim, Shelf.ERRORS, lines);
      }
    } else {
      target = doneShelf.put(claim);
    }
    if (target.isPresent()) {
      done.remember(target.get(), claim);
    }
  }

  /**
   * What becomes of a file that is of no use: it is set aside, or was not fully written yet. If the
   * disk has no room for the reason, it is set aside without: it has no job, for whose sake it
   * would be looked at again.
   */
  public void refuse(@ExchangeProperty("claim") Claim claim, String reason) throws IOException {
    if (claim.hasGrown()) {
      takeAgain(claim);
      return;
    }
    try {
      setAside(claim, reason);
    } catch (IOException e) {
      if (failedShelf.put(claim).isPresent()) {
        LOG.error(
            "Inbox file {} is of no use, and why cannot be written beside it: make room, and put it into the inbox again",
            claim.upload().fileName(),
            e);
      }
    }
  }

  /** Moves a file that could not be imported aside, with the reason beside it. */
  private void setAside(Claim claim, String reason) throws IOException {
    InputStream text =
        new ByteArrayInputStream((reason.strip() + "\n").getBytes(StandardCharsets.UTF_8));
    if (failedShelf.put(claim, Shelf.REASON, text).isPresent()) {
      LOG.info("Inbox file {} not imported, jobId: {}", claim.upload().fileName(), claim.jobId());
    }
  }

  /** What was imported of it already is a duplicate then, and nothing is lost. */
  private void takeAgain(Claim claim) throws IOException {
    LOG.warn(
        "Inbox file {} was not fully written when it was taken: taken again, jobId: {}",
        claim.upload().fileName(),
        claim.jobId());
    written.tookTooEarly(claim.name());
    release(claim);
  }

  /** The files that somebody went on writing to when they were done with already. */
  public List<DoneFiles.Done> grown() throws IOException {
    return done.grown();
  }

  /** Takes such a file again; it is remembered until that is done. */
  public void takeGrownAgain(@Body DoneFiles.Done grown) throws IOException {
    doneShelf.takeBack(grown.file(), FreeName.in(folder, grown.name()));
    done.forget(grown.file());
    written.tookTooEarly(grown.name());
    LOG.warn("Inbox file {} grew after it was imported: taken again", grown.file());
  }

  /** Puts a file back that could not be taken now through no fault of its own. */
  public void release(@ExchangeProperty("claim") Claim claim) throws IOException {
    claim.moveTo(FreeName.in(folder, claim.name()));
  }
}
