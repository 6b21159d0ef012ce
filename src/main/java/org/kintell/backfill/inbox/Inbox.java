package org.kintell.backfill.inbox;

import java.io.File;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.apache.camel.Body;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangeProperty;
import org.apache.camel.Variable;
import org.apache.camel.component.file.GenericFile;
import org.apache.camel.support.SynchronizationAdapter;
import org.kintell.backfill.config.BackfillSettings;
import org.kintell.backfill.csv.UnusableFileException;
import org.kintell.backfill.file.SourceFile;
import org.kintell.backfill.folder.FileModes;
import org.kintell.backfill.folder.OwnFolder;
import org.kintell.backfill.folder.WritableFolder;
import org.kintell.backfill.inbox.InboxMetrics.Outcome;
import org.kintell.backfill.job.JobRepository;
import org.kintell.backfill.job.JobStatus;
import org.kintell.backfill.job.Ownership;
import org.kintell.backfill.job.run.FailureClassifier;
import org.kintell.backfill.log.HeapShortage;
import org.kintell.backfill.start.Upload;
import org.kintell.backfill.trail.Actor;
import org.springframework.stereotype.Component;

/** The watched folder. Files are moved by renaming only, so each is always in one place. */
@Component
public class Inbox {

  /** Seconds between two attempts to read a file that an {@link Error} ended. */
  private static final int REST = 1;

  /** The same where memory was lacking, which may be there again. */
  private static final int REST_OF_MEMORY = 60;

  private final Path folder;
  private final Claims claims;
  private final JobRepository jobs;
  private final FailureClassifier failures;
  private final TakeableFiles takeable;
  private final RecentlyArchivedFiles recent;
  private final OnceLog log;
  private final InboxMetrics metrics;
  private final ReadingAttempts attempts;

  /** Default for files whose parameters name none. */
  private final Charset charset;

  /** Jobs that this process is creating. */
  private final Set<UUID> starting = ConcurrentHashMap.newKeySet();

  /** Jobs whose file could not be read just now. */
  private final Set<UUID> resting = ConcurrentHashMap.newKeySet();

  Inbox(
      BackfillSettings settings,
      JobRepository jobs,
      FailureClassifier failures,
      Ownership ownership,
      TakeableFiles takeable,
      RecentlyArchivedFiles recent,
      OnceLog log,
      InboxMetrics metrics,
      ReadingAttempts attempts,
      FileModes modes) {
    this.charset = SourceFile.charset(settings.inboxCharset()).orElseThrow();
    this.folder =
        WritableFolder.of("BACKFILL_INBOX_DIR", settings.inboxDir(), modes)
            .toAbsolutePath()
            .normalize();
    this.recent = recent;
    this.log = log;
    this.metrics = metrics;
    this.attempts = attempts;
    this.claims = new Claims(own(Claim.FOLDER, FileModes.PRIVATE), ownership);
    this.jobs = jobs;
    this.failures = failures;
    this.takeable = takeable;
  }

  /**
   * A folder of this service in the inbox. It is created at startup, before another user can create
   * it; a failure is logged.
   */
  OwnFolder own(String name, FileModes modes) {
    OwnFolder own = new OwnFolder(folder.resolve(name), recent.own());
    try {
      own.made(modes);
    } catch (IOException e) {
      log.warn(
          own.path(),
          "made",
          "Inbox files cannot be moved to %s: %s".formatted(own.path(), OnceLog.reason(e)));
    }
    return own;
  }

  /**
   * Claims a file by moving it out of the inbox; null if that fails, then the next poll retries.
   */
  public Claim claim(@Body GenericFile<File> file, Exchange exchange) {
    Path path = file.getFile().toPath().toAbsolutePath().normalize();
    FileVersion version = null;
    try {
      version = FileVersion.of(path);
      Claim claim = claims.take(path, begin(exchange)).orElse(null);
      if (claim != null && takeable.fault(claim.file()).isPresent()) {
        // Replaced by something else after it was checked.
        putBack(claim);
        return null;
      }
      return claim;
    } catch (NoSuchFileException e) {
      return null;
    } catch (IOException e) {
      String line =
          "Inbox file %s cannot be moved, so it is not imported: %s. Grant this service the right to"
                  .formatted(Claim.shown(file.getFileNameOnly()), OnceLog.reason(e))
              + " move files in the inbox, or upload the file";
      if (log.warn(path, version, line)) {
        metrics.count(Outcome.IGNORED);
      }
      return null;
    }
  }

  /** A new job id; {@link #isAbandoned} is false for it until the exchange is done. */
  private UUID begin(Exchange exchange) {
    UUID jobId = UUID.randomUUID();
    starting.add(jobId);
    atEnd(exchange, () -> starting.remove(jobId));
    return jobId;
  }

  /** Runs an action when an exchange is done. */
  static void atEnd(Exchange exchange, Runnable action) {
    exchange
        .getExchangeExtension()
        .addOnCompletion(
            new SynchronizationAdapter() {
              @Override
              public void onDone(Exchange done) {
                action.run();
              }
            });
  }

  /** Makes the inbox the actor in the audit trail until the exchange is done. */
  public void actAsInbox(Exchange exchange) {
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

  /** The claims of this process and of dead ones. */
  public List<Claim> claims() throws IOException {
    return claims.unattended();
  }

  /** Whether the import of a claimed file was interrupted before its job was queued. */
  public boolean isAbandoned(@Body Claim claim) {
    return !starting.contains(claim.jobId())
        && !resting.contains(claim.jobId())
        && jobs.find(claim.jobId())
            .map(job -> job.status() == JobStatus.PENDING && !job.isWaiting())
            .orElse(true);
  }

  /** Transfers a claim of a dead process to this one; null if another process was faster. */
  public Claim adopt(@Body Claim claim) {
    try {
      return claims.adopt(claim).orElse(null);
    } catch (IOException e) {
      log.warn(
          claim.file(),
          claim.taken(),
          "Inbox file %s was claimed by a process that died, and its claim cannot be taken over: %s"
              .formatted(claim.shownName(), OnceLog.reason(e)));
      return null;
    }
  }

  public boolean isWithoutJob(@Body Claim claim) {
    return jobs.find(claim.jobId()).isEmpty();
  }

  /**
   * Returns a file that could not be imported to the inbox, unless only a shutdown stopped the
   * retries: then its claim is taken over after the restart.
   */
  public void release(
      @Variable("claim") Claim claim, @ExchangeProperty(Exchange.EXCEPTION_CAUGHT) Throwable thrown)
      throws IOException {
    if (failures.isTransient(thrown)) {
      return;
    }
    if (HeapShortage.isReasonFor(thrown)) {
      HeapShortage.log(thrown);
    }
    if (ReadingAttempts.isError(thrown)) {
      // It stays claimed, which keeps the count of attempts.
      resting.add(claim.jobId());
      int rest = HeapShortage.isReasonFor(thrown) ? REST_OF_MEMORY : REST;
      CompletableFuture.delayedExecutor(rest, TimeUnit.SECONDS)
          .execute(() -> resting.remove(claim.jobId()));
      log.warn(
          folder.resolve(claim.name()),
          claim.jobId(),
          "Inbox file %s could not be read and will be retried, %d times in all: %s"
              .formatted(claim.shownName(), ReadingAttempts.MOST, OnceLog.reason(thrown)));
      return;
    }
    log.warn(
        folder.resolve(claim.name()),
        claim.taken(),
        "Inbox file %s could not be imported and will be retried: %s"
            .formatted(claim.shownName(), OnceLog.reason(thrown)));
    putBack(claim);
  }

  /**
   * The claimed file as an upload; its options are a property of the exchange.
   *
   * @throws UnusableFileException if reading the file ended too many processes
   */
  public Upload upload(@Body Claim claim, Exchange exchange) throws IOException {
    attempts.begin(claim.jobId(), claim.attempts(), claim::forgetAttempts, exchange);
    claim.countAttempt();
    return FileParameters.of(claim.file(), charset)
        .upload(claim.jobId(), claim.name(), claim.file(), exchange);
  }

  boolean putBack(Claim claim) throws IOException {
    return claim.moveTo(UniqueFileNames.in(folder, claim.name()));
  }

  Path folder() {
    return folder;
  }
}
