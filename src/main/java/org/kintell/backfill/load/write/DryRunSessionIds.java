package org.kintell.backfill.load.write;

import java.util.Collection;
import java.util.List;
import java.util.UUID;
import org.kintell.backfill.database.SqlFile;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Repository;

/** The session ids that earlier chunks of a dry run have taken. */
@Repository
class DryRunSessionIds {

  private static final String TRIED = SqlFile.read("load/write/tried-sessions");

  private final JdbcTemplate jdbc;

  DryRunSessionIds(JdbcTemplate jdbc) {
    this.jdbc = jdbc;
  }

  /** Those of the ids that earlier chunks of the dry run gave away. */
  List<String> among(UUID jobId, Collection<String> ids) {
    return jdbc.query(
        TRIED,
        statement -> {
          statement.setObject(1, jobId);
          statement.setObject(2, ids.toArray(String[]::new));
        },
        (row, number) -> row.getString(1));
  }
}
