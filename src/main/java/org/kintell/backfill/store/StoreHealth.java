package org.kintell.backfill.store;

import java.time.Duration;
import org.kintell.backfill.log.Outage;

/** Knows whether the object store answers, by the requests of all callers. */
public final class StoreHealth {

  /** The result of {@link #describe} without an outage. */
  public static final String OK = "ok";

  /** A store that is overloaded answers some requests and not others. */
  private static final Duration CALM = Duration.ofSeconds(2);

  private final Bucket bucket;
  private final Outage away;

  StoreHealth(Bucket bucket) {
    this.bucket = bucket;
    away =
        new Outage(
            "Object store is away",
            "Uploads are refused, and chunks and error files wait for it (%s)".formatted(bucket),
            "Object store is back",
            CALM);
  }

  /**
   * {@code ok}, or the reason of the outage.
   *
   * @param isKnown whether the caller may read the store's words, which may name its address
   */
  public String describe(boolean isKnown) {
    String reason = away.reason();
    return reason == null ? OK : isKnown ? reason : "away";
  }

  boolean isAway() {
    return away.isOn();
  }

  void fails(String reason) {
    away.fails(reason);
  }

  /** Notes a request that failed and may succeed later, and says so. */
  StoreUnavailableException unavailable(Exception failure) {
    String reason = StoreFailures.reason(failure);
    if (!StoreFailures.isEnd(failure)) {
      fails(reason);
    }
    return new StoreUnavailableException(
        "The object store %s is away: %s".formatted(bucket, reason), failure);
  }

  void works() {
    away.works();
  }
}
