package org.kintell.backfill.http.security;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.google.common.hash.HashFunction;
import com.google.common.hash.Hashing;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.kintell.backfill.http.problem.ApiException;
import org.kintell.backfill.http.problem.ProblemType;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.security.crypto.bcrypt.BCryptPasswordEncoder;
import org.springframework.security.crypto.password.DelegatingPasswordEncoder;
import org.springframework.security.crypto.password.PasswordEncoder;
import org.springframework.security.crypto.password.Pbkdf2PasswordEncoder;
import org.springframework.stereotype.Component;

/**
 * Finds the entry of a presented key. The key's digest is compared with all entries; only a key
 * without an entry counts as a failed try. So a valid key is never refused, however many wrong ones
 * came from its address, and the time reveals no name.
 *
 * <p>Older entries have a slow hash (bcrypt, PBKDF2). They are compared under the limiter, one at a
 * time, so that guessing uses one processor at most; a valid key can be refused there. A valid key
 * is cached for some minutes under a digest that is useless to other processes.
 */
@Component
class ApiKeyAuthenticator {

  private static final Logger LOG = LoggerFactory.getLogger(ApiKeyAuthenticator.class);

  /** bcrypt ignores further bytes. The limit also bounds the cost of a comparison. */
  private static final int LONGEST_KEY_BYTES = 72;

  private static final Duration REMEMBERED = Duration.ofMinutes(5);
  private static final int MOST_REMEMBERED = 1_000;
  private static final Duration PATIENCE = Duration.ofSeconds(2);

  private final List<ApiKey> keys;
  private final List<ApiKey> slow;
  private final AuthAttemptLimiter tries;
  private final PasswordEncoder encoder = encoder();
  private final HashFunction digest = Hashing.hmacSha256(secret());
  private final Semaphore turn = new Semaphore(1, true);
  private final Cache<String, ApiKey> right =
      Caffeine.newBuilder().maximumSize(MOST_REMEMBERED).expireAfterWrite(REMEMBERED).build();

  ApiKeyAuthenticator(AccessSettings settings, AuthAttemptLimiter tries) {
    this.keys = settings.keys();
    this.slow = keys.stream().filter(ApiKey::isSlow).toList();
    this.tries = tries;
    if (!slow.isEmpty()) {
      LOG.warn(
          "API keys with a slow hash: {}. Wrong keys from the same address can lock them out;"
              + " replace them with keys from new-key.",
          slow.stream().map(ApiKey::name).toList());
    }
  }

  private static PasswordEncoder encoder() {
    return new DelegatingPasswordEncoder(
        "bcrypt",
        Map.of(
            "bcrypt",
            new BCryptPasswordEncoder(),
            "pbkdf2@SpringSecurity_v5_8",
            Pbkdf2PasswordEncoder.defaultsForSpringSecurity_v5_8()));
  }

  private static byte[] secret() {
    byte[] secret = new byte[32];
    new SecureRandom().nextBytes(secret);
    return secret;
  }

  /**
   * Finds a presented key.
   *
   * @param name the holder's name, if the caller sent one, or null
   * @param address the caller's
   * @throws ApiException if too many wrong keys came from this address
   */
  Optional<ApiKey> find(String name, String presented, String address) {
    ApiKey found = compareAll(ApiKey.digest(presented));
    if (found == null) {
      found = slow.isEmpty() ? failed(address) : findSlow(presented, address);
    }
    return Optional.ofNullable(found).filter(key -> name == null || name.equals(key.name()));
  }

  /** Compares every entry, so that all keys take the same time. */
  private ApiKey compareAll(byte[] digest) {
    ApiKey found = null;
    for (ApiKey key : keys) {
      found = key.hasDigest(digest) ? key : found;
    }
    return found;
  }

  private ApiKey failed(String address) {
    tries.take(address);
    tries.count();
    return null;
  }

  private ApiKey findSlow(String presented, String address) {
    String known = digest.hashString(presented, StandardCharsets.UTF_8).toString();
    ApiKey remembered = right.getIfPresent(known);
    if (remembered != null) {
      return remembered;
    }
    tries.take(address);
    ApiKey found = compareSlow(presented);
    if (found != null) {
      tries.giveBack(address);
      right.put(known, found);
    } else {
      tries.count();
    }
    return found;
  }

  /** Compares every entry, whatever the name, so that the time does not reveal the names. */
  private ApiKey compareSlow(String presented) {
    if (presented.isEmpty()
        || presented.getBytes(StandardCharsets.UTF_8).length > LONGEST_KEY_BYTES) {
      return null;
    }
    try {
      if (!turn.tryAcquire(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new ApiException(ProblemType.TOO_MANY_TRIES).retryAfter(PATIENCE);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ApiException(ProblemType.TOO_MANY_TRIES).retryAfter(PATIENCE);
    }
    try {
      ApiKey found = null;
      for (ApiKey key : slow) {
        found = encoder.matches(presented, key.hash()) ? key : found;
      }
      return found;
    } finally {
      turn.release();
    }
  }
}
