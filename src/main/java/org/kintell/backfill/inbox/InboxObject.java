package org.kintell.backfill.inbox;

import java.util.UUID;
import org.kintell.backfill.job.JobScoped;
import org.kintell.backfill.store.Bucket;

/**
 * A version of an object in the inbox of the bucket.
 *
 * @param key without the prefix of the bucket
 * @param jobId of the job that it becomes; null until it is taken
 */
public record InboxObject(String key, String etag, UUID jobId) implements JobScoped {

  InboxObject as(UUID job) {
    return new InboxObject(key, etag, job);
  }

  /** Its name in the inbox. */
  String name() {
    return key.substring(Bucket.INBOX.length());
  }

  /** The key of its parameters. */
  String parameters() {
    return key + ".json";
  }

  /** Its name for a log line. */
  public String shownName() {
    return Claim.shown(name());
  }

  /** Whether an object of this name becomes a job: those in done/ and failed/ do not. */
  static boolean isName(String name) {
    return name.indexOf('/') < 0 && Claim.isName(name);
  }
}
