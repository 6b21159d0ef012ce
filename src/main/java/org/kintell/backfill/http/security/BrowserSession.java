package org.kintell.backfill.http.security;

import com.google.common.hash.Hashing;
import java.nio.charset.StandardCharsets;
import java.time.Instant;

/**
 * A session of the console, as the signed cookie holds it.
 *
 * @param name of the key, or the person's subject at the issuer
 * @param role its label
 * @param fingerprint of the key's entry, or of the issuer's settings: a session ends when they are
 *     removed
 * @param until the end of the session
 */
public record BrowserSession(String name, String role, String fingerprint, Instant until) {

  private static final int DIGITS = 16;

  static BrowserSession of(ApiKey key, Instant until) {
    return new BrowserSession(key.name(), key.role().label(), fingerprint(key), until);
  }

  static BrowserSession of(String person, Role role, AccessSettings issuer, Instant until) {
    return new BrowserSession(person, role.label(), fingerprint(issuer), until);
  }

  boolean isOf(ApiKey key) {
    return name.equals(key.name())
        && role.equals(key.role().label())
        && fingerprint.equals(fingerprint(key));
  }

  boolean isOf(AccessSettings issuer) {
    return issuer.hasSignIn() && fingerprint.equals(fingerprint(issuer));
  }

  /** Not the hash itself: with an older, slow hash others could test keys against it. */
  private static String fingerprint(ApiKey key) {
    return fingerprint(key.hash());
  }

  private static String fingerprint(AccessSettings issuer) {
    return fingerprint(
        String.join(" ", issuer.oidcIssuer(), issuer.oidcClientId(), issuer.oidcRolesClaim()));
  }

  private static String fingerprint(String origin) {
    return Hashing.sha256()
        .hashString(origin, StandardCharsets.UTF_8)
        .toString()
        .substring(0, DIGITS);
  }
}
