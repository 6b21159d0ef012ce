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
 * Runs COPY on the connection of the caller's transaction. However it ends, the connection has read
 * every answer of the server, or is closed: one that is an answer behind would give the next
 * statements each other's results.
 *
 * <p>The driver alone does not see to it: of a {@code COPY … TO} that is cancelled it leaves the
 * rest unread. And the pool sees no failure of a COPY, which goes by the driver's own objects; it
 * notices a closed connection when the transaction is rolled back.
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

  /** Gives the rows of a {@code COPY … FROM STDIN}. */
  public interface Source {
    void writeTo(Sink sink) throws SQLException, IOException;
  }

  /** Takes the messages of a {@code COPY … TO STDOUT}: a row each, the first with what precedes. */
  public interface Target {
    void take(byte[] message) throws IOException;
  }

  /**
   * Sends rows.
   *
   * @param statement {@code COPY … FROM STDIN}
   * @return how many rows the server stored: not those for which a trigger returned NULL
   * @throws IOException of the source; nothing is stored then
   */
  public static long send(JdbcOperations jdbc, String statement, Source source) throws IOException {
    return execute(jdbc, copy -> copy.send(statement, source));
  }

  /**
   * Receives rows.
   *
   * @param statement {@code COPY … TO STDOUT}
   * @throws IOException of the target, which gets no more messages then; the transaction can only
   *     be rolled back
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
      // What the server had sent before it was cancelled.
    }
  }

  /** Ends a COPY that failed, so that no answer to it is still to come. */
  private void breakOff(CopyOperation copy, Step ending) throws SQLException {
    if (lost || !copy.isActive()) {
      return;
    }
    try {
      tell(ending);
    } catch (SQLException e) {
      // The server answers with an error; the reason why it was broken off is thrown already.
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
   * Asks the driver for something. When the server answers with an error, the driver has read all
   * of its answer; when the driver fails by itself, nobody knows what comes next.
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

  /** Carries what the other end of the rows threw past the database's own failures. */
  private static final class BrokenOffException extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final IOException reason;

    BrokenOffException(IOException reason) {
      super(reason);
      this.reason = reason;
    }
  }
}
