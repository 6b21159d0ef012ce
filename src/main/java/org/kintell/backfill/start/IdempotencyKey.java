package org.kintell.backfill.start;

import jakarta.servlet.http.HttpServletRequest;
import java.util.Collections;
import java.util.List;
import java.util.regex.Pattern;
import org.kintell.backfill.http.problem.ProblemException;

/** The header by which a client can repeat a request without doing its work twice. */
final class IdempotencyKey {

  private static final Pattern VISIBLE = Pattern.compile("[\\x21-\\x7e]{1,255}");

  private IdempotencyKey() {}

  /** The key, taken as it is; null where there is none. */
  static String of(HttpServletRequest request) {
    List<String> keys = Collections.list(request.getHeaders("Idempotency-Key"));
    if (keys.isEmpty()) {
      return null;
    }
    if (keys.size() > 1 || !VISIBLE.matcher(keys.get(0)).matches()) {
      throw ProblemException.invalidKey();
    }
    return keys.get(0);
  }
}
