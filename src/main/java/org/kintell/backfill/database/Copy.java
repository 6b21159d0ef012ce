package org.kintell.backfill.database;

import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;
import org.postgresql.copy.CopyOperation;
import org.postgresql.copy.CopyOut;
import org.postgresql.util.PSQLException;
import org.springframework.jdbc.core.ConnectionCallback;
import org.springframework.jdbc.core.JdbcOperations;

/**
 * Runs COPY on the connection of the caller's transaction. Afterwards the connection has read every
 * answer of the server, or is closed: with an unread answer, the next statements would get each
 * other's results.
 *
 * <p>The driver alone does not ensure this: it leaves the rest of a cancelled {@code COPY … TO}
 * unread. The pool does not see failures of COPY, which uses the driver's own objects; it notices a
 * closed connection when the transaction is rolled back.
 */
public final class Copy {

  private final Connection connection;

  private boolean lost;

  private Copy(Connection connection) {
    this.connection = connection;
  }

  /** Receives rows in one of COPY's formats. */
  public interface Sink {
    void write(byte[] buffer, int offset, int length) throws SQLException;
  }

  /** Supplies the rows of a {@code COPY … FROM STDIN}. */
  public interface Source {
    void writeTo(Sink sink) throws SQLException, IOException;
  }

  /**
   * Receives the messages of a {@code COPY … TO STDOUT}: one row each, the first with the header.
   */
  public interface Target {
    void take(byte[] message) throws IOException;
  }

  /**
   * Sends rows.
   *
   * @param statement {@code COPY … FROM STDIN}
   * @return number of stored rows, without those for which a trigger returned NULL
   * @throws IOException of the source; nothing is stored then
   */
  public static long send(JdbcOperations jdbc, String statement, Source source) throws IOException {
    return execute(jdbc, copy -> copy.send(statement, source));
  }

  /**
   * Receives rows.
   *
   * @param statement {@code COPY … TO STDOUT}
   * @throws IOException of the target, which then receives no more messages; the transaction can
   *     only be rolled back
   */
  public static void receive(JdbcOperations jdbc, String statement, Target target)
      throws IOException {
    execute(
        jdbc,
        copy -> {
          copy.receive(statement, target);
          return null;
        });
  }

  private static <T> T execute(JdbcOperations jdbc, Action<T> action) throws IOException {
    try {
      return jdbc.execute(
          (ConnectionCallback<T>)
              connection -> {
                try {
                  return action.run(new Copy(connection));
                } catch (IOException e) {
                  throw new BrokenOffException(e);
                }
              });
    } catch (BrokenOffException e) {
      throw e.reason;
    }
  }

  private long send(String statement, Source source) throws SQLException, IOException {
    CopyIn copy = ask(() -> driver().getCopyAPI().copyIn(statement));
    boolean ended = false;
    try {
      source.writeTo(
          (buffer, offset, length) -> tell(() -> copy.writeToCopy(buffer, offset, length)));
      long stored = ask(copy::endCopy);
      ended = true;
      return stored;
    } finally {
      if (!ended) {
        breakOff(copy, copy::cancelCopy);
      }
    }
  }

  private void receive(String statement, Target target) throws SQLException, IOException {
    CopyOut copy = ask(() -> driver().getCopyAPI().copyOut(statement));
    boolean ended = false;
    try {
      for (byte[] message; (message = ask(copy::readFromCopy)) != null; ) {
        target.take(message);
      }
      ended = true;
    } finally {
      if (!ended) {
        breakOff(copy, () -> cancelAndReadRest(copy));
      }
    }
  }

  private void cancelAndReadRest(CopyOut copy) throws SQLException {
    driver().cancelQuery();
    while (copy.readFromCopy() != null) {
      // Data that the server sent before the cancellation.
    }
  }

  /** Ends a failed COPY, so that no answer to it is outstanding. */
  private void breakOff(CopyOperation copy, Step ending) throws SQLException {
    if (lost || !copy.isActive()) {
      return;
    }
    try {
      tell(ending);
    } catch (SQLException e) {
      // The server answers with an error; the caller already throws the reason.
    } finally {
      if (copy.isActive()) {
        lose();
      }
    }
  }

  private void tell(Step step) throws SQLException {
    ask(
        () -> {
          step.run();
          return null;
        });
  }

  /**
   * Calls the driver. If the server answers with an error, the driver has read all of its answer;
   * if the driver fails by itself, the state of the connection is unknown.
   */
  private <T> T ask(Call<T> call) throws SQLException {
    boolean inStep = false;
    try {
      T answer = call.run();
      inStep = true;
      return answer;
    } catch (PSQLException e) {
      inStep = e.getServerErrorMessage() != null;
      throw e;
    } finally {
      if (!inStep) {
        lose();
      }
    }
  }

  private void lose() throws SQLException {
    lost = true;
    connection.abort(Runnable::run);
  }

  private PGConnection driver() throws SQLException {
    return connection.unwrap(PGConnection.class);
  }

  private interface Action<T> {
    T run(Copy copy) throws SQLException, IOException;
  }

  private interface Call<T> {
    T run() throws SQLException;
  }

  private interface Step {
    void run() throws SQLException;
  }

  /** Carries an exception of the row source or target past the handling of database failures. */
  private static final class BrokenOffException extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final IOException reason;

    BrokenOffException(IOException reason) {
      super(reason);
      this.reason = reason;
    }
  }
}
