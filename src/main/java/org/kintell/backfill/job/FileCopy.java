package org.kintell.backfill.job;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import org.kintell.backfill.database.Copy;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;

/** Sends files of lines in COPY's format to the database, on the transaction's connection. */
@Component
public class FileCopy {

  private static final int BUFFER = 64 * 1024;

  private final JdbcTemplate jdbc;

  FileCopy(JdbcTemplate jdbc) {
    this.jdbc = jdbc;
  }

  /**
   * @param statement {@code COPY … FROM STDIN}
   */
  public void send(String statement, Path file) throws IOException {
    try (InputStream lines = Files.newInputStream(file)) {
      Copy.send(jdbc, statement, sink -> send(lines, sink));
    }
  }

  private static void send(InputStream lines, Copy.Sink sink) throws SQLException, IOException {
    byte[] buffer = new byte[BUFFER];
    for (int count; (count = lines.read(buffer)) >= 0; ) {
      sink.write(buffer, 0, count);
    }
  }
}
