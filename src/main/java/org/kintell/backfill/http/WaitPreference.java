package org.kintell.backfill.http;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How long a client is willing to wait, by {@code Prefer: wait=<seconds>} (RFC 7240, 4.3). */
public final class WaitPreference {

  private static final Duration DEFAULT = Duration.ofSeconds(25);
  private static final int LONGEST_SECONDS = 3600;

  /** A name in any case, white space around the sign, a value that may be quoted (RFC 7240, 2). */
  private static final Pattern WAIT =
      Pattern.compile(
          "(?:^|[,;])\\s*wait\\s*=\\s*(\"?)(\\d{1,9})\\1\\s*(?=[,;]|$)", Pattern.CASE_INSENSITIVE);

  private WaitPreference() {}

  /** The preference in a header, or the default where there is none that can be understood. */
  public static Duration of(String header) {
    Matcher wait = WAIT.matcher(header == null ? "" : header);
    if (!wait.find()) {
      return DEFAULT;
    }
    return Duration.ofSeconds(Math.min(Integer.parseInt(wait.group(2)), LONGEST_SECONDS));
  }
}
