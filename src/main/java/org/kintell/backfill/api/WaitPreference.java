package org.kintell.backfill.api;

import java.time.Duration;
import java.util.Arrays;

/** How long a client is willing to wait, by {@code Prefer: wait=<seconds>} (RFC 7240, 4.3). */
final class WaitPreference {

  private static final Duration DEFAULT = Duration.ofSeconds(25);
  private static final int LONGEST_SECONDS = 3600;
  private static final Duration AT_ONCE = Duration.ofMillis(1);

  private WaitPreference() {}

  /** The preference in a header, or the default where there is none that can be understood. */
  static Duration of(String header) {
    if (header == null) {
      return DEFAULT;
    }
    return Arrays.stream(header.split("[,;]"))
        .map(String::strip)
        .filter(preference -> preference.startsWith("wait="))
        .map(preference -> seconds(preference.substring("wait=".length())))
        .findFirst()
        .orElse(DEFAULT);
  }

  private static Duration seconds(String text) {
    try {
      int seconds = Integer.parseUnsignedInt(text.strip());
      return seconds == 0 ? AT_ONCE : Duration.ofSeconds(Math.min(seconds, LONGEST_SECONDS));
    } catch (NumberFormatException e) {
      return DEFAULT;
    }
  }
}
