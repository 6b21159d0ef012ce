package org.kintell.backfill.inbox;

import java.io.File;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.camel.Body;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangeProperty;
import org.apache.camel.component.file.GenericFile;
import org.apache.camel.support.SynchronizationAdapter;
import org.kintell.backfill.config.BackfillSettings;
import org.kintell.backfill.folder.FileModes;
import org.kintell.backfill.folder.OwnFolder;
import org.kintell.backfill.folder.WritableFolder;
import org.kintell.backfill.job.JobRepository;
import org.kintell.backfill.job.JobStatus;
import org.kintell.backfill.job.Ownership;
import org.kintell.backfill.trail.Actor;
import org.springframework.stereotype.Component;

/** The watched folder. A file is moved by renaming only, so it is in one place at any moment. */
@Component
public class Inbox {

  private final Path folder;
  private final Claims claims;
  private final JobRepository jobs;
  private final TakeableFiles takeable;
  private final RecentlyArchivedFiles recent;
  private final OnceLog log;

  /** The jobs of files that a thread of this process is making jobs of. */
  private final Set<UUID> starting = ConcurrentHashMap.newKeySet();

  Inbox(
      BackfillSettings settings,
      JobRepository jobs,
      Ownership ownership,
      TakeableFiles takeable,
      RecentlyArchivedFiles recent,
      OnceLog log,
      FileModes modes) {
    this.folder =
        WritableFolder.of("BACKFILL_INBOX_DIR", settings.inboxDir(), modes)
            .toAbsolutePath()
            .normalize();
    this.recent = recent;
    this.log = log;
    this.claims = new Claims(own(Claim.FOLDER, FileModes.PRIVATE), ownership);
    this.jobs = jobs;
    this.takeable = takeable;
  }

  /**
   * A folder of this service within the inbox, made at once: a little later, somebody else could
   * have made it. Where that has happened, or it cannot be made, the log says so.
   */
  OwnFolder own(String name, FileModes modes) {
    OwnFolder own = new OwnFolder(folder.resolve(name), recent.own());
    try {
      own.made(modes);
    } catch (IOException e) {
      log.warn(
          own.path(),
          "made",
          "Inbox files cannot be put into %s: %s".formatted(own.path(), OnceLog.reason(e)));
    }
    return own;
  }

  /**
   * Takes a file out of the inbox; null where that is not possible, which is tried again with the
   * next poll.
   */
  public Claim claim(@Body GenericFile<File> file, Exchange exchange) {
    Path path = file.getFile().toPath().toAbsolutePath().normalize();
    FileVersion version = null;
    try {
      version = FileVersion.of(path);
      Claim claim = claims.take(path, begin(exchange)).orElse(null);
      if (claim != null && takeable.fault(claim.file()).isPresent()) {
        // Something else was put in its place between the look at it and now.
        putBack(claim);
        return null;
      }
      return claim;
    } catch (NoSuchFileException e) {
      return null;
    } catch (IOException e) {
      log.warn(
          path,
          version,
          "Inbox file %s cannot be moved, so it is not imported: %s. Grant this service the right to"
                  .formatted(Claim.shown(file.getFileNameOnly()), OnceLog.reason(e))
              + " move files in the inbox, or import it with the API");
      return null;
    }
  }

  /** The job that a file may become; this process is at it until the exchange ends. */
  private UUID begin(Exchange exchange) {
    UUID jobId = UUID.randomUUID();
    starting.add(jobId);
    exchange
        .getExchangeExtension()
        .addOnCompletion(
            new SynchronizationAdapter() {
              @Override
              public void onDone(Exchange done) {
                starting.remove(jobId);
              }
            });
    return jobId;
  }

  /** From here on the inbox acts, until the exchange is done. */
  public void act(Exchange exchange) {
    Actor.INBOX.bind();
    exchange.getExchangeExtension().addOnCompletion(new EndOfAct());
  }

  private static final class EndOfAct extends SynchronizationAdapter {
    @Override
    public boolean allowHandover() {
      return false;
    }

    @Override
    public void onDone(Exchange exchange) {
      Actor.unbind();
    }
  }

  /** The claims that are for this process to see to. */
  public List<Claim> claims() throws IOException {
    return claims.unattended();
  }

  /**
   * Whether nobody makes a job of the file that runs: its process died before it did, or this one
   * could not put the file back.
   */
  public boolean isAbandoned(@Body Claim claim) {
    return !starting.contains(claim.jobId())
        && jobs.find(claim.jobId())
            .map(job -> job.status() == JobStatus.PENDING && !job.isWaiting())
            .orElse(true);
  }

  /** The claim as this process's own; null where another one sees to it by now. */
  public Claim adopt(@Body Claim claim) {
    try {
      return claims.adopt(claim).orElse(null);
    } catch (IOException e) {
      log.warn(
          claim.file(),
          claim.taken(),
          "Inbox file %s was taken by a process that died, and this one cannot take it over: %s"
              .formatted(claim.shownName(), OnceLog.reason(e)));
      return null;
    }
  }

  /** Whether a claimed file already is a job, which then only has to be run. */
  public boolean isJob(@Body Claim claim) {
    return jobs.find(claim.jobId()).isPresent();
  }

  /**
   * Puts a file back that could not be taken now through no fault of its own. That is tried again
   * and again, so it is logged once.
   */
  public void release(
      @ExchangeProperty("claim") Claim claim,
      @ExchangeProperty(Exchange.EXCEPTION_CAUGHT) Throwable thrown)
      throws IOException {
    log.warn(
        folder.resolve(claim.name()),
        claim.taken(),
        "Inbox file %s cannot be imported now, which is tried again: %s"
            .formatted(claim.shownName(), OnceLog.reason(thrown)));
    putBack(claim);
  }

  /** Puts a file back into the inbox. */
  boolean putBack(Claim claim) throws IOException {
    return claim.moveTo(UniqueFileNames.in(folder, claim.name()));
  }

  Path folder() {
    return folder;
  }
}
