package org.kintell.backfill.access;

import java.util.regex.Pattern;

/**
 * A key that a caller may present, known by its hash only.
 *
 * @param name whose it is; stands in logs
 * @param hash with the encoder's name in front: {@code {bcrypt}$2a$…}
 */
record ApiKey(String name, Role role, String hash) {

  static final String FORM =
      "name:role:hash, several separated by commas; the role one of "
          + Role.labels()
          + ", the hash one that `java -jar kintell-connector.jar new-key <name> <role>` prints";

  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]{1,64}");
  private static final Pattern BARE_BCRYPT =
      Pattern.compile("\\$2[aby]\\$\\d\\d\\$[./A-Za-z0-9]{53}");
  private static final Pattern HASH =
      Pattern.compile(
          "\\{bcrypt}" + BARE_BCRYPT.pattern() + "|\\{pbkdf2@SpringSecurity_v5_8}[0-9a-f]{64,}");

  /**
   * Reads one entry of the setting.
   *
   * @throws IllegalArgumentException without the entry, which may be a key by mistake
   */
  static ApiKey parse(String entry) {
    String[] parts = entry.strip().split(":", 3);
    if (parts.length != 3 || !NAME.matcher(parts[0]).matches()) {
      throw new IllegalArgumentException("an entry that is not name:role:hash");
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

  @Override
  public String toString() {
    return name + ":" + role.label();
  }
}
