package org.kintell.backfill.http;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads the client's waiting time from {@code Prefer: wait=<seconds>} (RFC 7240, 4.3). */
public final class WaitPreference {

  private static final Duration DEFAULT = Duration.ofSeconds(25);
  private static final int LONGEST_SECONDS = 3600;

  /** RFC 7240, 2: the name in any case, white space around the sign, an optionally quoted value. */
  private static final Pattern WAIT =
      Pattern.compile(
          "(?:^|[,;])\\s*wait\\s*=\\s*(\"?)(\\d{1,9})\\1\\s*(?=[,;]|$)", Pattern.CASE_INSENSITIVE);

  private WaitPreference() {}

  /** The preference in a header, or the default if the header is absent or holds no valid one. */
  public static Duration of(String header) {
    Matcher wait = WAIT.matcher(header == null ? "" : header);
    if (!wait.find()) {
      return DEFAULT;
    }
    return Duration.ofSeconds(Math.min(Integer.parseInt(wait.group(2)), LONGEST_SECONDS));
  }
}
