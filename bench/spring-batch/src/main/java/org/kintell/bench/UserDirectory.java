package org.kintell.bench;

import java.util.List;
import java.util.UUID;
import org.springframework.cache.annotation.Cacheable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;

/** Finds users by address, each once. */
@Component
public class UserDirectory {

  private final JdbcTemplate jdbc;

  UserDirectory(JdbcTemplate jdbc) {
    this.jdbc = jdbc;
  }

  /** The user with exactly this address, else the only one with it in another case, else null. */
  @Cacheable("users")
  public UUID find(String email) {
    List<UUID> exact = jdbc.queryForList("SELECT id FROM users WHERE email = ?", UUID.class, email);
    if (!exact.isEmpty()) {
      return exact.get(0);
    }
    List<UUID> otherCase =
        jdbc.queryForList(
            "SELECT id FROM users WHERE lower(email) = lower(?)", UUID.class, email);
    return otherCase.size() == 1 ? otherCase.get(0) : null;
  }
}
