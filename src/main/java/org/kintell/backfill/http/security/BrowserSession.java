package org.kintell.backfill.http.security;

import com.google.common.hash.Hashing;
import java.nio.charset.StandardCharsets;
import java.time.Instant;

/**
 * A session of the console, as the signed cookie holds it.
 *
 * @param name of the key
 * @param role its label
 * @param fingerprint of the key's entry: a session ends when its entry is removed
 * @param until the end of the session
 */
public record BrowserSession(String name, String role, String fingerprint, Instant until) {

  private static final int DIGITS = 16;

  static BrowserSession of(ApiKey key, Instant until) {
    return new BrowserSession(key.name(), key.role().label(), fingerprint(key), until);
  }

  boolean isOf(ApiKey key) {
    return name.equals(key.name())
        && role.equals(key.role().label())
        && fingerprint.equals(fingerprint(key));
  }

  /** Not the hash itself: with an older, slow hash others could test keys against it. */
  private static String fingerprint(ApiKey key) {
    return Hashing.sha256()
        .hashString(key.hash(), StandardCharsets.UTF_8)
        .toString()
        .substring(0, DIGITS);
  }
}
