package org.kintell.backfill.http.security;

import com.google.common.hash.Hashing;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.regex.Pattern;
import org.kintell.backfill.trail.Actor;

/**
 * An API key, of which only the hash is known.
 *
 * @param name the holder's name in the log and the trail
 * @param hash starts with the algorithm: <code>{sha256}</code> and 64 hexadecimal digits, or, in an
 *     older entry, <code>{bcrypt}$2a$…</code>
 */
record ApiKey(String name, Role role, String hash) {

  static final String FORM =
      "name:role:hash, several separated by commas; the role one of "
          + Role.labels()
          + ", the hash one that `java -jar kintell-connector.jar new-key <name> <role>` prints";

  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]{1,64}");
  private static final Pattern BARE_BCRYPT =
      Pattern.compile("\\$2[aby]\\$\\d\\d\\$[./A-Za-z0-9]{53}");
  private static final String SHA256 = "{sha256}";
  private static final Pattern HASH =
      Pattern.compile(
          "\\{sha256}[0-9a-f]{64}|\\{bcrypt}"
              + BARE_BCRYPT.pattern()
              + "|\\{pbkdf2@SpringSecurity_v5_8}[0-9a-f]{64,}");

  /**
   * Parses one entry of the setting.
   *
   * @throws IllegalArgumentException the message does not hold the entry, which may be a key
   */
  static ApiKey parse(String entry) {
    String[] parts = entry.strip().split(":", 3);
    if (parts.length != 3 || !NAME.matcher(parts[0]).matches()) {
      throw new IllegalArgumentException("an entry that is not name:role:hash");
    }
    if (Actor.isReserved(parts[0])) {
      throw new IllegalArgumentException("a name that stands for something else: " + parts[0]);
    }
    Role role =
        Role.of(parts[1])
            .orElseThrow(() -> new IllegalArgumentException("no such role: " + parts[0]));
    String hash = BARE_BCRYPT.matcher(parts[2]).matches() ? "{bcrypt}" + parts[2] : parts[2];
    if (!HASH.matcher(hash).matches()) {
      throw new IllegalArgumentException("no such hash: " + parts[0]);
    }
    return new ApiKey(parts[0], role, hash);
  }

  /** SHA-256 is enough, because a key of 256 random bits cannot be guessed. */
  static byte[] digest(String key) {
    return Hashing.sha256().hashString(key, StandardCharsets.UTF_8).asBytes();
  }

  /** The hash of a key, as an entry holds it. */
  static String hashOf(String key) {
    return SHA256 + HexFormat.of().formatHex(digest(key));
  }

  /** Whether this is an older entry with a slow hash, compared only under the limiter. */
  boolean isSlow() {
    return !hash.startsWith(SHA256);
  }

  /** Compares the key's digest with another of 32 bytes, in constant time. */
  boolean hasDigest(byte[] digest) {
    return !isSlow()
        && MessageDigest.isEqual(
            HexFormat.of().parseHex(hash, SHA256.length(), hash.length()), digest);
  }

  @Override
  public String toString() {
    return name + ":" + role.label();
  }
}
