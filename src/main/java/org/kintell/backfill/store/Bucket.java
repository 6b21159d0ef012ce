package org.kintell.backfill.store;

import org.kintell.backfill.config.BackfillSettings;

/**
 * The place of the files in an object store.
 *
 * @param name of the bucket
 * @param prefix of all keys of this service; empty, or with a slash at its end
 */
public record Bucket(String name, String prefix) {

  static final String SCHEME = "s3://";

  /** Keys of the objects that are to become jobs, and of those that did or could not. */
  public static final String INBOX = "inbox/";

  public static final String DONE = INBOX + "done/";
  public static final String FAILED = INBOX + "failed/";

  /** The bucket of the settings, which name one. */
  public static Bucket of(BackfillSettings settings) {
    String[] parts = settings.store().substring(SCHEME.length()).split("/", 2);
    String prefix = parts.length == 1 ? "" : parts[1];
    return new Bucket(parts[0], prefix.isEmpty() || prefix.endsWith("/") ? prefix : prefix + "/");
  }

  /** The full key of an object. */
  String key(String key) {
    return prefix + key;
  }

  /** The address of an object, for people. */
  public String address(String key) {
    return SCHEME + name + "/" + key(key);
  }

  @Override
  public String toString() {
    return address("");
  }
}
