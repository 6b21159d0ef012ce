package org.kintell.backfill.inbox;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.apache.camel.Body;
import org.apache.camel.ExchangeException;
import org.apache.camel.Variable;
import org.kintell.backfill.csv.UnusableFileException;
import org.kintell.backfill.file.FileType;
import org.kintell.backfill.file.SourceFile;
import org.kintell.backfill.folder.FileModes;
import org.kintell.backfill.inbox.InboxMetrics.Outcome;
import org.kintell.backfill.inbox.RecentlyArchivedFiles.Archived;
import org.kintell.backfill.job.Job;
import org.kintell.backfill.job.JobRepository;
import org.kintell.backfill.reject.Rejects;
import org.kintell.backfill.store.FileIndexer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Moves files to {@code done} or {@code failed}, and back into the inbox when they were imported
 * before they were completely written.
 */
@Component
public class InboxArchive {

  private static final Logger LOG = LoggerFactory.getLogger(InboxArchive.class);
  private static final String DONE = "done";

  private final Inbox inbox;
  private final ArchiveFolder done;
  private final ArchiveFolder failed;
  private final RecentlyArchivedFiles recent;
  private final JobRepository jobs;
  private final Rejects rejects;
  private final FileIndexer indexer;
  private final StableSizeReadLock readLock;
  private final OnceLog log;
  private final InboxMetrics metrics;

  InboxArchive(
      Inbox inbox,
      RecentlyArchivedFiles recent,
      JobRepository jobs,
      Rejects rejects,
      FileIndexer indexer,
      StableSizeReadLock readLock,
      OnceLog log,
      InboxMetrics metrics,
      FileModes modes) {
    this.inbox = inbox;
    this.done = new ArchiveFolder(inbox.own(DONE, modes), recent, modes);
    this.failed = new ArchiveFolder(inbox.own("failed", modes), recent, modes);
    this.recent = recent;
    this.jobs = jobs;
    this.rejects = rejects;
    this.indexer = indexer;
    this.readLock = readLock;
    this.log = log;
    this.metrics = metrics;
  }

  /** Archives a claimed file if its job is over. */
  public void archive(@Body Claim claim) {
    try {
      Optional<InboxOutcome> outcome =
          jobs.find(claim.jobId()).flatMap(job -> InboxOutcome.of(job, rejects));
      if (outcome.isPresent()) {
        archive(claim, outcome.get());
      }
    } catch (NoSuchFileException e) {
      LOG.debug("{} was archived by another process", claim.file());
    } catch (IOException e) {
      log.warn(
          claim.file(),
          claim.taken(),
          "Inbox file %s could not be archived and will be retried: %s. Its job is over, jobId: %s"
              .formatted(claim.shownName(), OnceLog.reason(e), claim.jobId()));
    }
  }

  private void archive(Claim claim, InboxOutcome outcome) throws IOException {
    if (!outcome.done()) {
      if (failed.put(claim, outcome).isPresent()) {
        metrics.count(Outcome.FAILED);
        LOG.info("Inbox file {} not imported, jobId: {}", claim.shownName(), claim.jobId());
      }
    } else if (hasChanged(claim)) {
      returnToInbox(claim);
    } else if (done.put(claim, outcome).isPresent()) {
      metrics.count(Outcome.DONE);
    }
  }

  /**
   * Moves an invalid file to {@code failed}, without the reason if the disk is full; returns it to
   * the inbox if it was not completely written. The log names only the kind of reason: the reason
   * may quote the file.
   */
  public void refuse(
      @Variable("claim") Claim claim, @ExchangeException UnusableFileException refusal)
      throws IOException {
    if (hasChanged(claim)) {
      returnToInbox(claim);
      return;
    }
    String kind = refusal.reason().identifier();
    try {
      failed
          .put(claim, InboxOutcome.failed(refusal.getMessage()))
          .ifPresent(
              file -> {
                metrics.count(Outcome.INVALID);
                LOG.warn(
                    "Inbox file {} is invalid ({}). It is in failed/, with the reason in {}.reason.txt",
                    claim.shownName(),
                    kind,
                    Claim.shown(FileType.stem(file.getFileName().toString())));
              });
    } catch (IOException e) {
      if (failed.put(claim, InboxOutcome.UNEXPLAINED).isPresent()) {
        metrics.count(Outcome.INVALID);
        LOG.error(
            "Inbox file {} is invalid ({}). It is in failed/, but the reason could not be written: {}."
                + " Free space, then drop the file again",
            claim.shownName(),
            kind,
            OnceLog.reason(e));
      }
    }
  }

  /** Rows that were imported already become duplicates. */
  private void returnToInbox(Claim claim) throws IOException {
    readLock.tookTooEarly(claim.name());
    if (inbox.putBack(claim)) {
      LOG.warn(
          "Inbox file {} changed after it was claimed and is imported again", claim.shownName());
    }
  }

  private boolean hasChanged(Claim claim) throws IOException {
    return Files.exists(claim.file())
        && hasChanged(claim.jobId(), claim.file(), claim.version(), FileVersion.of(claim.file()));
  }

  /**
   * A changed time alone proves nothing: a copying program or a network file system may set it
   * late. Then the content is compared with the checksum of the job.
   */
  private boolean hasChanged(UUID jobId, Path file, FileVersion before, FileVersion now)
      throws IOException {
    if (before.isStill(now)) {
      return false;
    }
    if (before.length() != now.length()) {
      return true;
    }
    Job job = jobs.find(jobId).orElse(null);
    return job == null
        || !indexer.hasContent(SourceFile.of(file, job.fileName(), job.charset()), job.sha256());
  }

  /** Archived files that have changed since. Forgets the others after ten minutes. */
  public List<Archived> changed() throws IOException {
    List<Archived> changed = new ArrayList<>();
    for (Archived archived : recent.all()) {
      try {
        if (!isUsable(archived.archive())) {
          continue;
        }
        if (hasChanged(archived)) {
          changed.add(archived);
        } else if (!archived.isRecent()) {
          recent.forget(archived);
        }
      } catch (NoSuchFileException e) {
        LOG.debug("{} has been moved", archived);
      } catch (IOException e) {
        warn(archived, "could not be checked for changes", e);
      }
    }
    return changed;
  }

  /** Logs an unusable folder once, not once per file. */
  private boolean isUsable(String archive) {
    try {
      folder(archive).file("");
      return true;
    } catch (IOException e) {
      log.warn(
          Path.of(archive),
          "",
          "Changed files in %s/ are not imported again: %s".formatted(archive, OnceLog.reason(e)));
      return false;
    }
  }

  private boolean hasChanged(Archived archived) throws IOException {
    Path file = file(archived);
    if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
      return false;
    }
    FileVersion now = FileVersion.of(file);
    if (hasChanged(archived.jobId(), file, archived.version(), now)) {
      return true;
    }
    if (!archived.version().equals(now)) {
      recent.note(archived.as(now));
    }
    return false;
  }

  /** Moves a changed file back into the inbox. */
  public void takeAgain(@Body Archived archived) {
    try {
      Path target = UniqueFileNames.in(inbox.folder(), archived.name());
      folder(archived.archive()).takeBack(file(archived), target);
      recent.forget(archived);
      readLock.tookTooEarly(archived.name());
      LOG.warn(
          "Inbox file {} changed after it was archived and is imported again", shown(archived));
    } catch (NoSuchFileException e) {
      LOG.debug("{} was moved by another process", archived);
    } catch (IOException e) {
      warn(archived, "changed and could not be moved back into the inbox", e);
    }
  }

  private void warn(Archived archived, String what, IOException e) {
    log.warn(
        Path.of(archived.archive(), archived.file()),
        archived.version(),
        "Inbox file %s %s: %s".formatted(shown(archived), what, OnceLog.reason(e)));
  }

  private static String shown(Archived archived) {
    return archived.archive() + "/" + Claim.shown(archived.file());
  }

  private Path file(Archived archived) throws IOException {
    return folder(archived.archive()).file(archived.file());
  }

  private ArchiveFolder folder(String name) {
    return name.equals(DONE) ? done : failed;
  }
}
