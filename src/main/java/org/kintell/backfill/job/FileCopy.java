package org.kintell.backfill.job;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.postgresql.PGConnection;
import org.springframework.jdbc.UncategorizedSQLException;
import org.springframework.jdbc.datasource.DataSourceUtils;
import org.springframework.stereotype.Component;

/** Sends files of lines in COPY's format to the database, on the transaction's connection. */
@Component
class FileCopy {

  private final DataSource dataSource;

  FileCopy(DataSource dataSource) {
    this.dataSource = dataSource;
  }

  /**
   * @param statement {@code COPY … FROM STDIN}
   */
  void send(String statement, Path file) throws IOException {
    Connection connection = DataSourceUtils.getConnection(dataSource);
    try (InputStream lines = Files.newInputStream(file)) {
      connection.unwrap(PGConnection.class).getCopyAPI().copyIn(statement, lines);
    } catch (SQLException e) {
      throw new UncategorizedSQLException("copy", statement, e);
    } finally {
      DataSourceUtils.releaseConnection(connection, dataSource);
    }
  }
}
