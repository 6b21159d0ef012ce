package org.kintell.backfill.access;

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
import org.springframework.security.crypto.bcrypt.BCryptPasswordEncoder;
import org.springframework.security.crypto.password.DelegatingPasswordEncoder;
import org.springframework.security.crypto.password.PasswordEncoder;
import org.springframework.security.crypto.password.Pbkdf2PasswordEncoder;
import org.springframework.stereotype.Component;

/**
 * Finds out whose key it is. Comparing with a hash is slow on purpose, so a key that was right is
 * remembered for some minutes, by a digest that is of no use outside of this process; and keys are
 * compared one after the other, so that guessing never takes more than one processor.
 */
@Component
class KeyCheck {

  /** What bcrypt takes into account; also what it costs to compare is bounded by it. */
  private static final int LONGEST_KEY_BYTES = 72;

  private static final Duration REMEMBERED = Duration.ofMinutes(5);
  private static final int MOST_REMEMBERED = 1_000;
  private static final Duration PATIENCE = Duration.ofSeconds(2);

  private final List<ApiKey> keys;
  private final FailedTries tries;
  private final PasswordEncoder encoder = encoder();
  private final HashFunction digest = Hashing.hmacSha256(secret());
  private final Semaphore turn = new Semaphore(1, true);
  private final Cache<String, ApiKey> right =
      Caffeine.newBuilder().maximumSize(MOST_REMEMBERED).expireAfterWrite(REMEMBERED).build();

  KeyCheck(AccessSettings settings, FailedTries tries) {
    this.keys = settings.keys();
    this.tries = tries;
  }

  static PasswordEncoder encoder() {
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
   * The key that was presented, or empty when it is none.
   *
   * @param name whose key it is said to be, or null
   * @param address where it came from
   * @throws RefusedException when too many wrong ones came from there
   */
  Optional<ApiKey> find(String name, String presented, String address) {
    String known = digest.hashString(name + "\n" + presented, StandardCharsets.UTF_8).toString();
    ApiKey remembered = right.getIfPresent(known);
    if (remembered != null) {
      return Optional.of(remembered);
    }
    tries.take(address);
    Optional<ApiKey> found = compare(name, presented);
    if (found.isPresent()) {
      tries.giveBack(address);
      right.put(known, found.get());
    } else {
      tries.count();
    }
    return found;
  }

  private Optional<ApiKey> compare(String name, String presented) {
    if (presented.isEmpty()
        || presented.getBytes(StandardCharsets.UTF_8).length > LONGEST_KEY_BYTES) {
      return Optional.empty();
    }
    try {
      if (!turn.tryAcquire(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
        throw RefusedException.tooManyTries(PATIENCE);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw RefusedException.tooManyTries(PATIENCE);
    }
    try {
      return keys.stream()
          .filter(key -> name == null || name.equals(key.name()))
          .filter(key -> encoder.matches(presented, key.hash()))
          .findFirst();
    } finally {
      turn.release();
    }
  }
}
