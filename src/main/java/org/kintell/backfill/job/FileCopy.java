package org.kintell.backfill.job;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import org.postgresql.PGConnection;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;

/** Sends files of lines in COPY's format to the database, on the transaction's connection. */
@Component
class FileCopy {

  private final JdbcTemplate jdbc;

  FileCopy(JdbcTemplate jdbc) {
    this.jdbc = jdbc;
  }

  /**
   * @param statement {@code COPY … FROM STDIN}
   */
  void send(String statement, Path file) throws IOException {
    try (InputStream lines = Files.newInputStream(file)) {
      jdbc.execute((Connection connection) -> copy(connection, statement, lines));
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private static Long copy(Connection connection, String statement, InputStream lines)
      throws SQLException {
    try {
      return connection.unwrap(PGConnection.class).getCopyAPI().copyIn(statement, lines);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
