package org.kintell.backfill.ops;

import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.util.StringJoiner;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.kintell.backfill.database.SqlFile;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Describes the database and its state. */
@Component
class DatabaseFacts {

  private static final String FACTS = SqlFile.read("ops/database-facts");
  private static final String JOBS = SqlFile.read("ops/recent-jobs");
  private static final String BACKENDS = SqlFile.read("ops/database-sessions");

  private final DataSource dataSource;
  private final JdbcClient jdbc;
  private final Flyway migrations;

  DatabaseFacts(DataSource dataSource, JdbcClient jdbc, Flyway migrations) {
    this.dataSource = dataSource;
    this.jdbc = jdbc;
    this.migrations = migrations;
  }

  /** Server, address and user in one line, without a password. */
  String describe() {
    try (Connection connection = dataSource.getConnection()) {
      DatabaseMetaData facts = connection.getMetaData();
      String address = facts.getURL().replaceFirst("^jdbc:postgresql:(//)?", "");
      return "PostgreSQL %s at %s, user %s"
          .formatted(
              facts.getDatabaseProductVersion(),
              address.replaceFirst("\\?.*", ""),
              facts.getUserName());
    } catch (SQLException e) {
      return "not reached";
    }
  }

  /** Version, sizes and settings, a line each. */
  String facts() {
    return "migration\t%s\n%s".formatted(migrations.info().current().getVersion(), table(FACTS));
  }

  /** The figures of the last jobs, without file names. */
  String jobs() {
    return table(JOBS);
  }

  /** Connected sessions, their waits and their blockers, without their statements. */
  String backends() {
    return table(BACKENDS);
  }

  private String table(String sql) {
    StringBuilder text = new StringBuilder();
    jdbc.sql(sql)
        .query(
            row -> {
              ResultSetMetaData columns = row.getMetaData();
              if (text.isEmpty()) {
                text.append(line(columns, column -> columns.getColumnLabel(column)));
              }
              text.append(line(columns, column -> String.valueOf(row.getString(column))));
            });
    return text.toString();
  }

  private static String line(ResultSetMetaData columns, Cell cell) throws SQLException {
    StringJoiner line = new StringJoiner("\t", "", "\n");
    for (int column = 1; column <= columns.getColumnCount(); column++) {
      line.add(cell.text(column));
    }
    return line.toString();
  }

  /** The text of a column, counted from 1. */
  private interface Cell {
    String text(int column) throws SQLException;
  }
}
