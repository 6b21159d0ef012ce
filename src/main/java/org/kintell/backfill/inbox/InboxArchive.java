package org.kintell.backfill.inbox;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.camel.Body;
import org.apache.camel.ExchangeException;
import org.apache.camel.ExchangeProperty;
import org.kintell.backfill.inbox.RecentlyArchivedFiles.Archived;
import org.kintell.backfill.job.Job;
import org.kintell.backfill.job.JobRepository;
import org.kintell.backfill.job.Upload;
import org.kintell.backfill.load.Rejects;
import org.kintell.backfill.source.FileStore;
import org.kintell.backfill.source.UnusableFileException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/** Where the files go that are done with, and how those come back that were not fully written. */
@Component
public class InboxArchive {

  private static final Logger LOG = LoggerFactory.getLogger(InboxArchive.class);
  private static final String DONE = "done";
  private static final String FAILED = "failed";

  private final Inbox inbox;
  private final ArchiveFolder done;
  private final ArchiveFolder failed;
  private final JobRepository jobs;
  private final FileStore store;
  private final Rejects rejects;
  private final StableSizeReadLock readLock;
  private final RecentlyArchivedFiles recent;
  private final OnceLog log;

  InboxArchive(
      Inbox inbox,
      JobRepository jobs,
      FileStore store,
      Rejects rejects,
      StableSizeReadLock readLock,
      RecentlyArchivedFiles recent,
      OnceLog log) {
    this.inbox = inbox;
    this.done = folder(DONE, inbox, recent);
    this.failed = folder(FAILED, inbox, recent);
    this.jobs = jobs;
    this.store = store;
    this.rejects = rejects;
    this.readLock = readLock;
    this.recent = recent;
    this.log = log;
  }

  private static ArchiveFolder folder(String name, Inbox inbox, RecentlyArchivedFiles recent) {
    return new ArchiveFolder(new OwnFolder(inbox.folder().resolve(name), recent.own()), recent);
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
        if (failed.put(claim, ArchiveFolder.REASON, text(reason)).isPresent()) {
          LOG.info("Inbox file {} not imported, jobId: {}", claim.shownName(), claim.jobId());
        }
      }
      default -> {}
    }
  }

  private void finish(Claim claim, Job job) throws IOException {
    if (job.failedRows() == 0) {
      done.put(claim);
      return;
    }
    try (InputStream lines = rejects.errorFile(job)) {
      done.put(claim, ArchiveFolder.ERRORS, lines);
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
      Optional<Path> put = failed.put(claim, ArchiveFolder.REASON, text(refusal.getMessage()));
      put.ifPresent(
          file ->
              LOG.warn(
                  "Inbox file {} is not imported ({}): it is in failed/, with the reason in {}.reason.txt",
                  claim.shownName(),
                  kind,
                  Claim.shown(FreeName.stem(file))));
    } catch (IOException e) {
      if (failed.put(claim).isPresent()) {
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
    FileVersion now = FileVersion.of(claim.file());
    return !claim.version().isStill(now)
        && !isTheSame(claim.upload(), claim.version().length(), now);
  }

  /** A time alone may be set by whoever copied the file, or late by a network file system. */
  private boolean isTheSame(Upload upload, long length, FileVersion now) throws IOException {
    Optional<Job> job = jobs.find(upload.jobId());
    return length == now.length()
        && job.isPresent()
        && store.hasContent(upload.file(), job.get().sha256());
  }

  /**
   * The files that somebody went on writing to when they were done with already. Notes of others
   * that are older than ten minutes are removed.
   */
  public List<Archived> changed() throws IOException {
    List<Archived> changed = new ArrayList<>();
    for (Archived archived : recent.all()) {
      if (hasChanged(archived)) {
        changed.add(archived);
      } else if (!archived.isRecent()) {
        recent.forget(archived);
      }
    }
    return changed;
  }

  private boolean hasChanged(Archived archived) throws IOException {
    Path file = file(archived);
    if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
      return false;
    }
    FileVersion now = FileVersion.of(file);
    if (archived.version().isStill(now)) {
      return false;
    }
    Upload upload = new Upload(archived.jobId(), archived.name(), file, Upload.Origin.INBOX);
    if (isTheSame(upload, archived.length(), now)) {
      recent.note(archived.as(now));
      return false;
    }
    return true;
  }

  /** Takes such a file again; it is remembered until that is done. */
  public void takeChangedAgain(@Body Archived archived) throws IOException {
    Path file = file(archived);
    try {
      folder(archived).takeBack(file, FreeName.in(inbox.folder(), archived.name()));
      recent.forget(archived);
      readLock.tookTooEarly(archived.name());
      LOG.warn(
          "Inbox file {} was written to after it had been archived: taken again", shown(archived));
    } catch (NoSuchFileException e) {
      LOG.debug("{} was taken again by another process", file);
    } catch (IOException e) {
      log.warn(
          file,
          FileVersion.of(file),
          "Inbox file %s was written to, and cannot be moved back into the inbox: %s"
              .formatted(shown(archived), OnceLog.reason(e)));
    }
  }

  private static String shown(Archived archived) {
    return archived.archive() + "/" + Claim.shown(archived.file());
  }

  private ArchiveFolder folder(Archived archived) {
    return archived.archive().equals(DONE) ? done : failed;
  }

  private Path file(Archived archived) {
    return folder(archived).file(archived.file());
  }
}
