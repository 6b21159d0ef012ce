package org.kintell.backfill.load;

import jakarta.validation.Validator;
import java.sql.Types;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.kintell.backfill.database.SqlFile;
import org.kintell.backfill.row.EmailAddress;
import org.kintell.backfill.row.UserMatch;
import org.kintell.backfill.row.UserMatch.Absent;
import org.kintell.backfill.row.UserMatch.Ambiguous;
import org.kintell.backfill.row.UserMatch.Found;
import org.kintell.backfill.row.UserMatch.Malformed;
import org.kintell.backfill.row.UserMatch.NotFound;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.SqlParameterValue;
import org.springframework.stereotype.Component;

/**
 * Looks up users by e-mail address, one column of a chunk at a time. Caches hits only, because a
 * missing user may be created at any time; for one job and a minute, because an address may get
 * another user.
 */
@Component
public class UserLookup {

  private static final String MATCH = SqlFile.read("load/match-users");
  private static final String GONE = SqlFile.read("load/users-gone");
  private static final UserMatch ABSENT = new Absent();
  private static final int MOST_REMEMBERED = 100_000;
  private static final int MOST_JOBS = 16;
  private static final long FRESH = Duration.ofMinutes(1).toNanos();

  private final JdbcTemplate jdbc;
  private final Validator validator;
  private final Map<UUID, Hits> hits = new ConcurrentHashMap<>();

  UserLookup(JdbcTemplate jdbc, Validator validator) {
    this.jdbc = jdbc;
    this.validator = validator;
  }

  /** The match of each address, in their order, with at most one statement. */
  public List<UserMatch> match(UUID jobId, List<String> emails) {
    Map<String, UserMatch> remembered = remembered(jobId);
    List<UserMatch> matches = new ArrayList<>(emails.size());
    Set<String> unknown = new HashSet<>();
    for (String email : emails) {
      UserMatch hit = remembered.get(email);
      matches.add(hit);
      if (hit == null) {
        unknown.add(email);
      }
    }
    if (!unknown.isEmpty()) {
      Map<String, UserMatch> found = find(unknown, remembered);
      for (int i = 0; i < emails.size(); i++) {
        if (matches.get(i) == null) {
          matches.set(i, found.get(emails.get(i)));
        }
      }
    }
    return matches;
  }

  /** Expires all hits at once: tracking each would cost too much at two look-ups per row. */
  private Map<String, UserMatch> remembered(UUID jobId) {
    hits.values().removeIf(Hits::areOld);
    if (hits.size() > MOST_JOBS) {
      hits.clear();
    }
    return hits.computeIfAbsent(jobId, job -> new Hits()).byEmail;
  }

  private Map<String, UserMatch> find(Set<String> emails, Map<String, UserMatch> remembered) {
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
      matches.putAll(ask(possible, remembered));
    }
    return matches;
  }

  private Map<String, UserMatch> ask(List<String> emails, Map<String, UserMatch> remembered) {
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
        remembered.put(email, match);
      }
    }
    return matches;
  }

  /**
   * Checks that the users of a chunk still exist, for tables without a foreign key.
   *
   * @throws StaleUserException when one of them was deleted
   */
  public void requireAll(Chunk chunk) {
    if (Boolean.TRUE.equals(
        jdbc.queryForObject(
            GONE, Boolean.class, new SqlParameterValue(Types.ARRAY, chunk.users())))) {
      throw stale(null);
    }
  }

  /**
   * What to throw when a user turned out to be deleted; all hits are forgotten.
   *
   * @param cause null where no statement failed
   */
  public StaleUserException stale(Throwable cause) {
    hits.clear();
    return new StaleUserException(cause);
  }

  /** The users found for a job since its first look-up. */
  private static final class Hits {
    private final Map<String, UserMatch> byEmail = new ConcurrentHashMap<>();
    private final long begin = System.nanoTime();

    boolean areOld() {
      return System.nanoTime() - begin > FRESH || byEmail.size() > MOST_REMEMBERED;
    }
  }

  /** The users that match one address. An exact match wins over those in another case. */
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
