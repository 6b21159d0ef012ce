package org.kintell.backfill.inbox;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.apache.camel.Body;
import org.apache.camel.ExchangeException;
import org.apache.camel.Variable;
import org.kintell.backfill.config.BackfillSettings;
import org.kintell.backfill.csv.UnusableFileException;
import org.kintell.backfill.file.FileType;
import org.kintell.backfill.folder.FileModes;
import org.kintell.backfill.inbox.InboxMetrics.Outcome;
import org.kintell.backfill.job.JobRepository;
import org.kintell.backfill.reject.Rejects;
import org.kintell.backfill.store.Bucket;
import org.kintell.backfill.store.ChangedObjectException;
import org.kintell.backfill.store.ObjectStore;
import org.kintell.backfill.store.OnBucket;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.annotation.Conditional;
import org.springframework.stereotype.Component;

/**
 * Moves objects of the inbox to {@code done/} or {@code failed/}, with their rejects or the reason
 * beside them. What was begun by a process that died is repeated with the same result.
 */
@Component
@Conditional(OnBucket.class)
public class BucketArchive {

  private static final Logger LOG = LoggerFactory.getLogger(BucketArchive.class);

  private final BucketInbox inbox;
  private final ObjectStore objects;
  private final JobRepository jobs;
  private final Rejects rejects;
  private final InboxMetrics metrics;
  private final int days;

  BucketArchive(
      BucketInbox inbox,
      ObjectStore objects,
      JobRepository jobs,
      Rejects rejects,
      InboxMetrics metrics,
      BackfillSettings settings) {
    this.inbox = inbox;
    this.objects = objects;
    this.jobs = jobs;
    this.rejects = rejects;
    this.metrics = metrics;
    this.days = settings.inboxRetentionDays();
  }

  /** Archives an object whose job is over. */
  public void archive(@Body InboxObject object) throws IOException {
    InboxOutcome outcome =
        jobs.find(object.jobId()).flatMap(job -> InboxOutcome.of(job, rejects)).orElse(null);
    if (outcome == null) {
      return;
    }
    put(object, outcome);
    metrics.count(outcome.done() ? Outcome.DONE : Outcome.FAILED);
    if (!outcome.done()) {
      LOG.info("Inbox object {} not imported, jobId: {}", object.shownName(), object.jobId());
    }
    inbox.forget(object);
  }

  /** Moves an invalid object to {@code failed/}. The reason may quote it, so the log does not. */
  public void refuse(
      @Variable("taken") InboxObject object, @ExchangeException UnusableFileException refusal)
      throws IOException {
    String name = put(object, InboxOutcome.failed(refusal.getMessage()));
    metrics.count(Outcome.INVALID);
    inbox.forget(object);
    LOG.warn(
        "Inbox object {} is invalid ({}). It is in failed/, with the reason in {}.reason.txt",
        object.shownName(),
        refusal.reason().identifier(),
        Claim.shown(FileType.stem(name)));
  }

  /** Stores what lies beside an object, then moves the object. Returns its new name. */
  private String put(InboxObject object, InboxOutcome outcome) throws IOException {
    String folder = outcome.done() ? Bucket.DONE : Bucket.FAILED;
    String name = free(folder, object);
    if (outcome.type() != null) {
      objects.put(
          folder + FileType.stem(name) + outcome.type(),
          file -> outcome.write(file, FileModes.PRIVATE));
    }
    move(object, folder + name);
    return name;
  }

  /** Copies first: an object is always in one of the two places. */
  private void move(InboxObject object, String target) throws IOException {
    try {
      objects.move(object.key(), object.etag(), target);
      if (objects.exists(object.parameters())) {
        objects.move(object.parameters(), null, target + ".json");
      }
    } catch (NoSuchFileException e) {
      LOG.debug("Moved before: {}", object.shownName());
    } catch (ChangedObjectException e) {
      LOG.info(
          "Inbox object {} was replaced while it was imported; the new one is imported too",
          object.shownName());
    }
  }

  /**
   * A name that no other file has there; one with the same content is this object's copy. It has no
   * dollar sign, because Camel would evaluate a key that looks like an expression.
   */
  private String free(String folder, InboxObject object) throws IOException {
    String plain = UniqueFileNames.plain(Path.of(""), object.name()).toString().replace('$', '_');
    String stem = FileType.stem(plain);
    boolean taken =
        objects.list(folder + stem).stream()
            .filter(other -> FileType.stem(other.key().substring(folder.length())).equals(stem))
            .anyMatch(other -> !other.etag().equals(object.etag()));
    return taken ? UniqueFileNames.stamped(Path.of(""), plain).toString() : plain;
  }

  /** Deletes what is older than the retention period. */
  public void purge() throws IOException {
    if (days == 0) {
      return;
    }
    Instant limit = Instant.now().minus(Duration.ofDays(days));
    int removed = 0;
    for (String folder : List.of(Bucket.DONE, Bucket.FAILED)) {
      for (ObjectStore.Entry object : objects.list(folder)) {
        if (object.modified().isBefore(limit)) {
          objects.delete(object.key());
          removed++;
        }
      }
    }
    if (removed > 0) {
      LOG.info("Removed {} inbox results older than {} days", removed, days);
    }
  }
}
