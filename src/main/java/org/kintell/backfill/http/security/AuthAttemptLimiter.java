package org.kintell.backfill.http.security;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.google.common.net.InetAddresses;
import io.github.bucket4j.Bucket;
import io.github.bucket4j.ConsumptionProbe;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Arrays;
import org.kintell.backfill.http.problem.ApiException;
import org.kintell.backfill.http.problem.ProblemType;
import org.springframework.stereotype.Component;

/** Limits how many wrong keys are checked for one address in a minute. */
@Component
class AuthAttemptLimiter {

  private static final Duration PERIOD = Duration.ofMinutes(1);

  /** Half of an IPv6 address: its holder usually has the whole network. */
  private static final int NETWORK_BYTES = 8;

  private static final int ADDRESSES = 10_000;

  private final Cache<String, Bucket> buckets =
      Caffeine.newBuilder()
          .maximumSize(ADDRESSES)
          .expireAfterAccess(PERIOD.multipliedBy(2))
          .build();

  private final int allowed;
  private final Counter failed;

  AuthAttemptLimiter(AccessSettings settings, MeterRegistry meters) {
    allowed = settings.failedTries();
    failed =
        Counter.builder("backfill.access.failed")
            .description("Requests with a wrong key or token")
            .register(meters);
  }

  /**
   * Takes one of an address's tries.
   *
   * @throws ApiException if none is left
   */
  void take(String address) {
    ConsumptionProbe probe = bucket(address).tryConsumeAndReturnRemaining(1);
    if (!probe.isConsumed()) {
      throw new ApiException(ProblemType.TOO_MANY_TRIES)
          .retryAfter(Duration.ofNanos(probe.getNanosToWaitForRefill()));
    }
  }

  /** Gives a try back, because the key is valid. */
  void giveBack(String address) {
    bucket(address).addTokens(1);
  }

  /** Counts a wrong key in the metric. */
  void count() {
    failed.increment();
  }

  private Bucket bucket(String address) {
    return buckets.get(
        network(address),
        key ->
            Bucket.builder()
                .addLimit(limit -> limit.capacity(allowed).refillGreedy(allowed, PERIOD))
                .build());
  }

  private static String network(String address) {
    if (!InetAddresses.isInetAddress(address)) {
      return address;
    }
    InetAddress parsed = InetAddresses.forString(address);
    return parsed instanceof Inet6Address
        ? Arrays.toString(Arrays.copyOf(parsed.getAddress(), NETWORK_BYTES))
        : address;
  }
}
