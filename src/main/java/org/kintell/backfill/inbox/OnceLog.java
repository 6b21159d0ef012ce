package org.kintell.backfill.inbox;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import org.kintell.backfill.job.run.FailureClassifier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Warnings about files that are looked at again and again. What is wrong with one is logged once,
 * and again when something else is.
 */
@Component
class OnceLog {

  private static final Logger LOG = LoggerFactory.getLogger(OnceLog.class);

  /** What was logged last about each file; a file that is gone is forgotten. */
  private final Cache<Path, String> logged =
      Caffeine.newBuilder().expireAfterAccess(Duration.ofMinutes(10)).build();

  /**
   * Logs this unless it is what was logged last about this file.
   *
   * @param state what tells this state of the file from another one, besides the message
   */
  void warn(Path file, Object state, String message) {
    String news = state + " " + message;
    if (!Objects.equals(logged.asMap().put(file, news), news)) {
      LOG.warn("{}", message);
    }
  }

  /** What went wrong, without the paths that it went wrong with. */
  static String reason(Throwable thrown) {
    if (thrown instanceof AccessDeniedException) {
      return "permission denied";
    }
    return thrown instanceof FileSystemException failure && failure.getReason() != null
        ? failure.getReason()
        : FailureClassifier.reason(thrown);
  }
}
