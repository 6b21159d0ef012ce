package org.kintell.backfill.load;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import jakarta.validation.Validator;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.kintell.backfill.SqlFile;
import org.kintell.backfill.row.EmailAddress;
import org.kintell.backfill.row.UserMatch;
import org.kintell.backfill.row.UserMatch.Absent;
import org.kintell.backfill.row.UserMatch.Ambiguous;
import org.kintell.backfill.row.UserMatch.Found;
import org.kintell.backfill.row.UserMatch.Malformed;
import org.kintell.backfill.row.UserMatch.NotFound;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;

/**
 * Finds users by e-mail address, a column of a chunk at once. Only hits are remembered, and not for
 * long: a user that was missing may be created at any time.
 */
@Component
class Users {

  private static final String MATCH = SqlFile.read("match-users");
  private static final UserMatch ABSENT = new Absent();
  private static final int REMEMBERED = 100_000;
  private static final Duration FRESH = Duration.ofMinutes(1);

  private final JdbcTemplate jdbc;
  private final Validator validator;
  private final Cache<String, UserMatch> hits =
      Caffeine.newBuilder().maximumSize(REMEMBERED).expireAfterWrite(FRESH).build();

  Users(JdbcTemplate jdbc, Validator validator) {
    this.jdbc = jdbc;
    this.validator = validator;
  }

  /** What each of these addresses matches, in their order, with one statement at the most. */
  List<UserMatch> match(List<String> emails) {
    List<UserMatch> matches = new ArrayList<>(emails.size());
    Set<String> unknown = new HashSet<>();
    for (String email : emails) {
      UserMatch hit = hits.getIfPresent(email);
      matches.add(hit);
      if (hit == null) {
        unknown.add(email);
      }
    }
    if (!unknown.isEmpty()) {
      Map<String, UserMatch> found = find(unknown);
      for (int i = 0; i < emails.size(); i++) {
        if (matches.get(i) == null) {
          matches.set(i, found.get(emails.get(i)));
        }
      }
    }
    return matches;
  }

  private Map<String, UserMatch> find(Set<String> emails) {
    Map<String, UserMatch> matches = new HashMap<>();
    List<String> possible = new ArrayList<>();
    for (String email : emails) {
      if (email.isEmpty()) {
        matches.put(email, ABSENT);
      } else if (EmailAddress.isValid(email, validator)) {
        possible.add(email);
      } else {
        matches.put(email, new Malformed(email));
      }
    }
    if (!possible.isEmpty()) {
      matches.putAll(ask(possible));
    }
    return matches;
  }

  private Map<String, UserMatch> ask(List<String> emails) {
    Map<String, Candidates> candidates = new HashMap<>();
    jdbc.query(
        MATCH,
        statement -> statement.setObject(1, emails.toArray(String[]::new)),
        row -> {
          candidates
              .computeIfAbsent(row.getString("email"), email -> new Candidates())
              .add(row.getObject("id", UUID.class), row.getBoolean("exact"));
        });
    Map<String, UserMatch> matches = new HashMap<>();
    for (String email : emails) {
      Candidates found = candidates.get(email);
      UserMatch match = found == null ? new NotFound(email) : found.match(email);
      matches.put(email, match);
      if (match instanceof Found) {
        hits.put(email, match);
      }
    }
    return matches;
  }

  /** Forgets everybody, when somebody has turned out to be gone. */
  void forget() {
    hits.invalidateAll();
  }

  /** The users that match one address: an exact match counts before those in another case. */
  private static final class Candidates {
    private final List<UUID> exact = new ArrayList<>();
    private final List<UUID> otherCase = new ArrayList<>();

    void add(UUID id, boolean isExact) {
      (isExact ? exact : otherCase).add(id);
    }

    UserMatch match(String email) {
      List<UUID> best = exact.isEmpty() ? otherCase : exact;
      return best.size() == 1 ? new Found(email, best.get(0)) : new Ambiguous(email);
    }
  }
}
