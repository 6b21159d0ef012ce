package org.kintell.backfill.load.write;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.apache.camel.ExchangeProperty;
import org.kintell.backfill.database.SqlFile;
import org.kintell.backfill.load.Chunk;
import org.kintell.backfill.load.ChunkClaims;
import org.kintell.backfill.load.LoadedChunk;
import org.kintell.backfill.load.StaleUserException;
import org.kintell.backfill.load.UserLookup;
import org.kintell.backfill.row.Reject;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionStatus;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Writes a chunk in one transaction: its sessions, its rejects and its row of the ledger. The
 * transaction begins by locking that row, and goes on only if this attempt may still load the
 * chunk. It ends by closing the row, unless the job no longer runs.
 */
@Component
public class ChunkWriter {

  private static final String CLOSE = SqlFile.read("load/write/close-chunk");

  private final TransactionTemplate transaction;
  private final JdbcClient jdbc;
  private final ChunkClaims claims;
  private final UserLookup users;
  private final UserKeys keys;
  private final ChunkCopy copy;
  private final StagingTableWriter staged;
  private final SessionTableMetadata table;

  ChunkWriter(
      TransactionTemplate transaction,
      JdbcClient jdbc,
      ChunkClaims claims,
      UserLookup users,
      UserKeys keys,
      ChunkCopy copy,
      StagingTableWriter staged,
      SessionTableMetadata table) {
    this.transaction = transaction;
    this.jdbc = jdbc;
    this.claims = claims;
    this.users = users;
    this.keys = keys;
    this.copy = copy;
    this.staged = staged;
    this.table = table;
  }

  /**
   * Writes a chunk all of whose rows have an outcome.
   *
   * @return what was imported; null if this attempt may no longer load the chunk, or the job does
   *     not run
   * @throws StaleUserException if a user has been deleted since it was looked up; try again
   */
  public LoadedChunk write(@ExchangeProperty(Chunk.PROPERTY) Chunk chunk) {
    chunk.requireWhole();
    try {
      return copyOrStage(chunk);
    } catch (DataAccessException e) {
      if (table.lacksUser(e)) {
        throw users.stale(e);
      }
      throw e;
    }
  }

  /** With COPY, if the chunk updates nothing and the table takes every session; else staged. */
  private LoadedChunk copyOrStage(Chunk chunk) {
    if (chunk.updates().isEmpty()) {
      try {
        return inTransaction(chunk, this::copySessions);
      } catch (DataAccessException e) {
        if (!table.refusesSome(e)) {
          throw e;
        }
      }
    }
    // Users are locked in the same order here, and checked by the keys once more.
    return inTransaction(chunk, (whole, status, check) -> staged.store(whole, status));
  }

  private LoadedChunk inTransaction(Chunk chunk, Insertion insertion) {
    return transaction.execute(
        status -> {
          if (!claims.lock(chunk.claim())) {
            return null;
          }
          UserKeys.Check check = keys.check(chunk);
          WriteResult stored = insertion.insert(chunk, status, check);
          List<Reject> rejects = new ArrayList<>(chunk.rejects());
          rejects.addAll(stored.refused());
          copy.rejects(chunk, rejects);
          int skipped = chunk.skipped() + stored.skipped().size();
          Optional<Instant> loadedAt = close(chunk, stored, skipped, rejects.size(), check);
          if (loadedAt.isEmpty()) {
            status.setRollbackOnly();
            return null;
          }
          return new LoadedChunk(
              chunk.ref(), loadedAt.get(), stored.created(), stored.updated(), skipped, rejects);
        });
  }

  /** The usual way: all sessions at once. One that the table refuses fails them all. */
  private WriteResult copySessions(Chunk chunk, TransactionStatus status, UserKeys.Check check) {
    if (!chunk.sessions().isEmpty()) {
      UUID jobId = chunk.ref().jobId();
      Runnable sessions =
          table.takesBinary()
              ? () -> copy.binarySessions(jobId, chunk.sessions())
              : () -> copy.sessions(jobId, chunk.sessions());
      keys.copy(check, sessions);
    }
    return WriteResult.created(chunk.sessions());
  }

  /** Marks the chunk as loaded; empty if the job does not run any more. */
  private Optional<Instant> close(
      Chunk chunk, WriteResult stored, int skipped, int failed, UserKeys.Check check) {
    return jdbc.sql(CLOSE)
        .param("jobId", chunk.ref().jobId())
        .param("chunkNo", chunk.ref().chunkNo())
        .param("successful", stored.created().size())
        .param("failed", failed)
        .param("skipped", skipped)
        .param("updated", stored.updated().size())
        .param("duplicates", chunk.hasDuplicates())
        .param("foreignKeys", check.stored())
        .query((row, number) -> row.getObject(1, OffsetDateTime.class).toInstant())
        .optional();
  }

  /** A way to store the sessions of a chunk. */
  private interface Insertion {
    WriteResult insert(Chunk chunk, TransactionStatus status, UserKeys.Check check);
  }
}
