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

/** Logs each problem of a file once, although the file is checked again and again. */
@Component
class OnceLog {

  private static final Logger LOG = LoggerFactory.getLogger(OnceLog.class);

  /** The last warning about each file. */
  private final Cache<Path, String> logged =
      Caffeine.newBuilder().expireAfterAccess(Duration.ofMinutes(10)).build();

  /**
   * Logs a warning, unless the last one about this file had the same state and message.
   *
   * @param state for example the version of the file
   * @return whether it was logged
   */
  boolean warn(Path file, Object state, String message) {
    String news = state + " " + message;
    boolean isNews = !Objects.equals(logged.asMap().put(file, news), news);
    if (isNews) {
      LOG.warn("{}", message);
    }
    return isNews;
  }

  /** The reason for a failure, without paths. */
  static String reason(Throwable thrown) {
    if (thrown instanceof AccessDeniedException) {
      return "permission denied";
    }
    return thrown instanceof FileSystemException failure && failure.getReason() != null
        ? failure.getReason()
        : FailureClassifier.reason(thrown);
  }
}
