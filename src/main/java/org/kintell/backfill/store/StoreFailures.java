package org.kintell.backfill.store;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import org.apache.camel.CamelExchangeException;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.AbortedException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.exception.SdkServiceException;

/** What the failure of a request means: one that passes, or one that stays. */
final class StoreFailures {

  private static final int GONE = 404;
  private static final int CHANGED = 412;
  private static final int SERVER = 500;

  /** Timeout, conflict with another request, too many requests. */
  private static final Set<Integer> PASSING = Set.of(408, 409, 429);

  private static final Set<String> PASSING_CODES =
      Set.of("RequestTimeout", "SlowDown", "Throttling", "ExpiredToken");

  private StoreFailures() {}

  /** Whether a later attempt may succeed. */
  static boolean isPassing(Throwable thrown) {
    if (!(thrown instanceof SdkServiceException answer)) {
      return isSilence(thrown) || isEnd(thrown);
    }
    return answer.statusCode() >= SERVER
        || PASSING.contains(answer.statusCode())
        || PASSING_CODES.contains(code(answer));
  }

  /** No answer at all: refused, cut off, too late, or no credentials for the moment. */
  private static boolean isSilence(Throwable thrown) {
    return thrown instanceof SdkException
        || thrown instanceof IOException
        || thrown instanceof UncheckedIOException;
  }

  /** Whether the request failed because this process stops, which says nothing of the store. */
  static boolean isEnd(Throwable thrown) {
    return thrown instanceof CamelExchangeException
        || thrown instanceof RejectedExecutionException
        || thrown instanceof AbortedException;
  }

  /**
   * The exception for a failure that stays.
   *
   * @param address of the object
   */
  static IOException staying(String address, Throwable thrown) {
    int status = thrown instanceof SdkServiceException answer ? answer.statusCode() : 0;
    return switch (status) {
      case GONE -> new NoSuchFileException(address, null, reason(thrown));
      case CHANGED -> new ChangedObjectException(address);
      default -> new FileSystemException(address, null, reason(thrown));
    };
  }

  /** The store's own words, in one line, without the request. */
  static String reason(Throwable thrown) {
    if (thrown instanceof AwsServiceException answer && answer.awsErrorDetails() != null) {
      String code = answer.awsErrorDetails().errorCode();
      String words = answer.awsErrorDetails().errorMessage();
      return line(words == null ? code : code + ": " + words);
    }
    Throwable innermost = thrown;
    while (innermost.getCause() != null) {
      innermost = innermost.getCause();
    }
    return line(
        innermost.getMessage() == null || innermost.getMessage().isEmpty()
            ? innermost.getClass().getSimpleName()
            : innermost.getMessage());
  }

  private static String code(SdkServiceException answer) {
    return answer instanceof AwsServiceException aws && aws.awsErrorDetails() != null
        ? String.valueOf(aws.awsErrorDetails().errorCode())
        : "";
  }

  private static String line(String text) {
    return text.lines().findFirst().orElse(text).strip();
  }
}
