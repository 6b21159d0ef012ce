package org.kintell.backfill.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.zaxxer.hikari.HikariDataSource;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.kintell.backfill.testsupport.Database;
import org.kintell.backfill.testsupport.RealParts;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.TransactionStatus;

/**
 * After an interrupted COPY, the pool has no connection that gives a statement another one's
 * answer. The pool has one connection, so the next statement gets the one of the COPY, unless it
 * was discarded.
 */
class CopyIT {

  private static final int ROWS = 20_000;
  private static final String ROW = "x".repeat(500) + "\n";

  private static final HikariDataSource POOL = pool();
  private static final JdbcTemplate JDBC = new JdbcTemplate(POOL);
  private static final JdbcTransactionManager TRANSACTIONS = new JdbcTransactionManager(POOL);

  private final Database other = RealParts.emptyDatabase();
  private int backend;

  /** Long enough for a case that fails for another reason. */
  private String timeout = "60s";

  private static HikariDataSource pool() {
    HikariDataSource pool = new HikariDataSource();
    pool.setJdbcUrl(RealParts.jdbcUrl("postgres"));
    pool.setMaximumPoolSize(1);
    // The rows must not fit into the sockets' buffers: the server would finish before the timeout.
    pool.addDataSourceProperty("receiveBufferSize", 64 * 1024);
    return pool;
  }

  @AfterAll
  static void closePool() {
    POOL.close();
  }

  @BeforeEach
  void remember() {
    backend = backend();
  }

  @AfterEach
  void close() {
    Thread.interrupted();
    other.close();
  }

  /** Number of sent rows at the interruption. */
  private enum Point {
    START(0),
    MIDDLE(ROWS / 2),
    END(ROWS);

    private final int row;

    Point(int row) {
      this.row = row;
    }
  }

  /** The interruption, and whether the connection stays usable. */
  private enum Failure {
    IO_EXCEPTION(true),
    RUNTIME_EXCEPTION(true),
    ERROR(true),
    INTERRUPT(true),
    STATEMENT_TIMEOUT(true),
    CANCELLED(true),
    TERMINATED(false);

    private final boolean kept;

    Failure(boolean kept) {
      this.kept = kept;
    }
  }

  static Stream<Arguments> failures() {
    return Arrays.stream(Failure.values())
        .flatMap(
            failure -> Arrays.stream(Point.values()).map(point -> Arguments.of(failure, point)));
  }

  @ParameterizedTest
  @MethodSource("failures")
  void rowsThatAreSent(Failure failure, Point point) {
    limit(failure);
    Throwable thrown =
        catchThrowable(
            () ->
                inTransaction(
                    () -> {
                      JDBC.execute("CREATE TEMPORARY TABLE sent (line text) ON COMMIT DROP");
                      Copy.send(
                          JDBC,
                          "COPY sent FROM STDIN",
                          sink -> {
                            for (int row = 0; row < ROWS; row++) {
                              breakOff(failure, point, row);
                              send(sink, ROW);
                            }
                            breakOff(failure, point, ROWS);
                          });
                    }));

    assertBrokenOff(failure, thrown);
    assertCleanOrGone(failure.kept);
  }

  @ParameterizedTest
  @MethodSource("failures")
  void rowsThatAreReceived(Failure failure, Point point) {
    limit(failure);
    int[] row = {0};
    Throwable thrown =
        catchThrowable(
            () ->
                inTransaction(
                    () ->
                        Copy.receive(
                            JDBC,
                            "COPY (SELECT repeat('x', 2000) FROM generate_series(0, %d)) TO STDOUT"
                                .formatted(ROWS),
                            message -> breakOff(failure, point, row[0]++))));

    // The client receives the rows that the server sent before it stopped; these may be all.
    if (thrown != null || point == Point.START) {
      assertBrokenOff(failure, thrown);
    }
    assertCleanOrGone(failure.kept);
  }

  /** As when memory runs out there: the client sends only a part of a message. */
  @Test
  void theDriverFailsInTheMiddleOfAMessage() {
    Throwable thrown =
        catchThrowable(
            () ->
                inTransaction(
                    () -> {
                      JDBC.execute("CREATE TEMPORARY TABLE sent (line text) ON COMMIT DROP");
                      Copy.send(
                          JDBC, "COPY sent FROM STDIN", sink -> sink.write(new byte[10], 20, 1000));
                    }));

    assertThat(thrown).isNotNull();
    assertCleanOrGone(false);
  }

  @Test
  void theServerRefusesARow() {
    Throwable thrown =
        catchThrowable(
            () ->
                inTransaction(
                    () -> {
                      JDBC.execute("CREATE TEMPORARY TABLE sent (number int) ON COMMIT DROP");
                      Copy.send(
                          JDBC,
                          "COPY sent FROM STDIN",
                          sink -> {
                            for (int row = 0; row < ROWS; row++) {
                              send(sink, row == ROWS / 2 ? "no number\n" : "1\n");
                            }
                          });
                    }));

    assertThat(thrown).hasRootCauseInstanceOf(SQLException.class);
    assertCleanOrGone(true);
  }

  private void breakOff(Failure failure, Point point, int row) throws IOException {
    if (row != point.row) {
      return;
    }
    switch (failure) {
      case IO_EXCEPTION -> throw new IOException("No space left on device");
      case RUNTIME_EXCEPTION -> throw new IllegalStateException("broken off");
      case ERROR -> throw new StackOverflowError("broken off");
      case INTERRUPT -> {
        Thread.currentThread().interrupt();
        throw new InterruptedIOException("interrupted");
      }
      case STATEMENT_TIMEOUT ->
          // The timeout ends while neither side sends or receives a row.
          other.jdbc().sql("SELECT pg_sleep(0.5)").query(rows -> {});
      case CANCELLED -> signal("pg_cancel_backend");
      case TERMINATED -> signal("pg_terminate_backend");
    }
  }

  private void limit(Failure failure) {
    if (failure == Failure.STATEMENT_TIMEOUT) {
      timeout = "400ms";
    }
  }

  private void signal(String function) {
    other.jdbc().sql("SELECT " + function + "(?)").param(backend).query(rows -> {});
  }

  private static void assertBrokenOff(Failure failure, Throwable thrown) {
    switch (failure) {
      case IO_EXCEPTION, INTERRUPT -> assertThat(thrown).isInstanceOf(IOException.class);
      case RUNTIME_EXCEPTION -> assertThat(thrown).isInstanceOf(IllegalStateException.class);
      case ERROR -> assertThat(thrown).isInstanceOf(StackOverflowError.class);
      default -> assertThat(thrown).hasRootCauseInstanceOf(Exception.class);
    }
  }

  /** Several statements, because the first wrong answer may look right. */
  private void assertCleanOrGone(boolean kept) {
    Thread.interrupted();
    for (int i = 0; i < 5; i++) {
      assertThat(JDBC.queryForList("SELECT generate_series(1, 3)", Integer.class))
          .containsExactly(1, 2, 3);
      assertThat(JDBC.queryForObject("SELECT 'answer ' || ?", String.class, i))
          .isEqualTo("answer " + i);
    }
    assertThat(JDBC.queryForObject("SHOW statement_timeout", String.class)).isEqualTo("0");
    assertThat(JDBC.queryForObject("SELECT to_regclass('pg_temp.sent')", String.class)).isNull();
    assertThat(backend() == backend).isEqualTo(kept);
  }

  private static int backend() {
    return JDBC.queryForObject("SELECT pg_backend_pid()", Integer.class);
  }

  private static void send(Copy.Sink sink, String line) throws SQLException {
    byte[] bytes = line.getBytes(StandardCharsets.UTF_8);
    sink.write(bytes, 0, bytes.length);
  }

  private void inTransaction(Work work) throws Exception {
    TransactionStatus transaction = TRANSACTIONS.getTransaction(null);
    boolean done = false;
    try {
      JDBC.execute("SET LOCAL statement_timeout = '" + timeout + "'");
      work.run();
      done = true;
    } finally {
      if (!done) {
        TRANSACTIONS.rollback(transaction);
      }
    }
    TRANSACTIONS.commit(transaction);
  }

  private interface Work {
    void run() throws Exception;
  }
}
