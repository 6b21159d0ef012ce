package org.kintell.backfill.load;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.camel.ExchangeProperty;
import org.kintell.backfill.SqlFile;
import org.kintell.backfill.job.ChunkRef;
import org.kintell.backfill.job.JobRuns;
import org.kintell.backfill.job.Ownership;
import org.kintell.backfill.row.Fault;
import org.kintell.backfill.row.Reject;
import org.kintell.backfill.row.Rule;
import org.kintell.backfill.row.Session;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionStatus;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Writes a chunk in one transaction: its sessions, its rejects, its line in the ledger. First of
 * all it locks that line and makes sure that the chunk is still to be loaded, and by this process.
 */
@Component
public class ChunkWriter {

  private static final String LOCK = SqlFile.read("lock-chunk");
  private static final String CLOSE = SqlFile.read("close-chunk");
  private static final String STAGE = SqlFile.read("stage-sessions");
  private static final String INSERT_STAGED = SqlFile.read("insert-staged-sessions");
  private static final String FOREIGN_KEY_VIOLATION = "23503";

  private final TransactionTemplate transaction;
  private final JdbcTemplate jdbcTemplate;
  private final JdbcClient jdbc;
  private final Ownership ownership;
  private final JobRuns runs;
  private final Users users;

  ChunkWriter(
      TransactionTemplate transaction,
      JdbcTemplate jdbcTemplate,
      JdbcClient jdbc,
      Ownership ownership,
      JobRuns runs,
      Users users) {
    this.transaction = transaction;
    this.jdbcTemplate = jdbcTemplate;
    this.jdbc = jdbc;
    this.ownership = ownership;
    this.runs = runs;
    this.users = users;
  }

  /**
   * Writes a chunk all of whose rows were routed.
   *
   * @return what was imported; null when the chunk turned out to be loaded, or not ours any more
   * @throws StaleUserException when a user has been deleted since it was looked up; try again
   */
  public LoadedChunk write(@ExchangeProperty(Chunk.PROPERTY) Chunk chunk) {
    chunk.requireWhole();
    try {
      return write(chunk, this::copy);
    } catch (DataAccessException e) {
      if (isForeignKeyViolation(e)) {
        users.forget(chunk.emails());
        throw new StaleUserException(e);
      }
      if (!RefusedValue.isReasonOf(e)) {
        throw e;
      }
      return write(chunk, this::insertByHalves);
    }
  }

  private LoadedChunk write(Chunk chunk, Insertion insertion) {
    return transaction.execute(
        status -> {
          if (!lock(chunk.ref())) {
            runs.stop(chunk.ref().jobId());
            return null;
          }
          List<Reject> refused = insertion.insert(chunk, status);
          List<Reject> rejects = new ArrayList<>(chunk.rejects());
          rejects.addAll(refused);
          execute(copy -> copy.rejects(chunk, rejects));
          List<Session> imported = imported(chunk, refused);
          Instant loadedAt = close(chunk, imported.size(), rejects.size());
          return new LoadedChunk(chunk.ref(), loadedAt, imported, rejects);
        });
  }

  private boolean lock(ChunkRef ref) {
    return jdbc.sql(LOCK)
        .param("jobId", ref.jobId())
        .param("chunkNo", ref.chunkNo())
        .param("owner", ownership.number())
        .query(Boolean.class)
        .single();
  }

  private static List<Session> imported(Chunk chunk, List<Reject> refused) {
    if (refused.isEmpty()) {
      return chunk.sessions();
    }
    Set<Long> rows = refused.stream().map(Reject::row).collect(Collectors.toSet());
    return chunk.sessions().stream().filter(session -> !rows.contains(session.row())).toList();
  }

  private Instant close(Chunk chunk, int successful, int failed) {
    return jdbc.sql(CLOSE)
        .param("jobId", chunk.ref().jobId())
        .param("chunkNo", chunk.ref().chunkNo())
        .param("successful", successful)
        .param("failed", failed)
        .query((row, number) -> row.getObject(1, OffsetDateTime.class).toInstant())
        .single();
  }

  /** The usual way: what was looked up beforehand has left no row that could be refused. */
  private List<Reject> copy(Chunk chunk, TransactionStatus status) {
    if (!chunk.sessions().isEmpty()) {
      execute(copy -> copy.sessions(chunk.ref().jobId(), chunk.sessions()));
    }
    return List.of();
  }

  /**
   * After the usual way failed, because another job was faster with an id, or a value cannot be
   * stored: finds out which rows it is.
   */
  private List<Reject> insertByHalves(Chunk chunk, TransactionStatus status) {
    List<Reject> refused = new ArrayList<>();
    jdbc.sql(STAGE).update();
    insert(chunk, chunk.sessions(), refused, status);
    return refused;
  }

  private void insert(
      Chunk chunk, List<Session> sessions, List<Reject> refused, TransactionStatus status) {
    Object savepoint = status.createSavepoint();
    try {
      Set<Long> inserted = insertStaged(chunk, sessions);
      for (Session session : sessions) {
        if (!inserted.contains(session.row())) {
          refused.add(reject(session, Fault.of(Rule.NOT_DUPLICATE, session.externalId())));
        }
      }
    } catch (DataAccessException e) {
      if (isForeignKeyViolation(e) || !RefusedValue.isReasonOf(e)) {
        throw e;
      }
      status.rollbackToSavepoint(savepoint);
      if (sessions.size() == 1) {
        Fault fault = Fault.of(Rule.STORABLE, RefusedValue.describe(e));
        refused.add(reject(sessions.get(0), fault));
      } else {
        int half = sessions.size() / 2;
        insert(chunk, sessions.subList(0, half), refused, status);
        insert(chunk, sessions.subList(half, sessions.size()), refused, status);
      }
    }
  }

  private Set<Long> insertStaged(Chunk chunk, List<Session> sessions) {
    jdbc.sql("TRUNCATE staged_sessions").update();
    execute(copy -> copy.stagedSessions(chunk.ref().jobId(), sessions));
    return new HashSet<>(jdbc.sql(INSERT_STAGED).query(Long.class).list());
  }

  private static Reject reject(Session session, Fault fault) {
    return new Reject(session.row(), List.of(fault));
  }

  private static boolean isForeignKeyViolation(DataAccessException e) {
    return e.getMostSpecificCause() instanceof SQLException cause
        && FOREIGN_KEY_VIOLATION.equals(cause.getSQLState());
  }

  /** Runs COPY on the transaction's connection, with errors translated as for any statement. */
  private void execute(Copying copying) {
    jdbcTemplate.execute(
        (Connection connection) -> {
          copying.copy(new ChunkCopy(connection));
          return null;
        });
  }

  /** A way to insert the sessions of a chunk; gives those that the database refused. */
  private interface Insertion {
    List<Reject> insert(Chunk chunk, TransactionStatus status);
  }

  private interface Copying {
    void copy(ChunkCopy copy) throws SQLException;
  }
}
