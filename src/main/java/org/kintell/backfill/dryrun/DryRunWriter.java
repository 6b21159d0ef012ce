package org.kintell.backfill.dryrun;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.camel.ExchangeProperty;
import org.kintell.backfill.database.SqlFile;
import org.kintell.backfill.load.Chunk;
import org.kintell.backfill.load.ChunkClaims;
import org.kintell.backfill.load.LoadedChunk;
import org.kintell.backfill.load.StaleUserException;
import org.kintell.backfill.load.UserLookup;
import org.kintell.backfill.load.write.BisectingInsert;
import org.kintell.backfill.load.write.ChunkCopy;
import org.kintell.backfill.load.write.ExistingSessionIds;
import org.kintell.backfill.load.write.RowLevelSqlErrors;
import org.kintell.backfill.row.Fault;
import org.kintell.backfill.row.Reject;
import org.kintell.backfill.row.Rule;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionStatus;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Completes a chunk of a dry run in one transaction: its sessions go to a temporary copy of the
 * real table, its results are stored for the report.
 */
@Component
public class DryRunWriter {

  private static final String TRY = SqlFile.read("dryrun/try-sessions");
  private static final String KEEP = SqlFile.read("dryrun/keep-tried-sessions");
  private static final String USERS_GONE = SqlFile.read("dryrun/tried-users-gone");
  private static final String CLOSE = SqlFile.read("dryrun/close-tried-chunk");

  private final TransactionTemplate transaction;
  private final JdbcClient jdbc;
  private final ChunkCopy copy;
  private final ChunkClaims claims;
  private final ExistingSessionIds known;
  private final UserLookup users;

  DryRunWriter(
      TransactionTemplate transaction,
      JdbcClient jdbc,
      ChunkCopy copy,
      ChunkClaims claims,
      ExistingSessionIds known,
      UserLookup users) {
    this.transaction = transaction;
    this.jdbc = jdbc;
    this.copy = copy;
    this.claims = claims;
    this.known = known;
    this.users = users;
  }

  /**
   * Stores the results of a chunk.
   *
   * @return null, because there are no events to publish
   * @throws StaleUserException if a user was deleted after the lookup; the chunk is retried
   */
  public LoadedChunk write(@ExchangeProperty(Chunk.PROPERTY) Chunk chunk) {
    chunk.requireWhole();
    transaction.executeWithoutResult(
        status -> {
          if (!claims.lock(chunk.claim())) {
            return;
          }
          List<Reject> rejects = new ArrayList<>(chunk.rejects());
          jdbc.sql(TRY).update();
          tryOut(chunk, rejects, status);
          requireUsers();
          jdbc.sql(KEEP).update();
          Set<String> stored = known.among(duplicates(rejects));
          copy.dryRunFaults(chunk.ref().jobId(), rejects, stored);
          close(chunk, rejects.size());
        });
    return null;
  }

  private void tryOut(Chunk chunk, List<Reject> refused, TransactionStatus status) {
    if (chunk.sessions().isEmpty()) {
      return;
    }
    new BisectingInsert(
            status,
            RowLevelSqlErrors::isReasonOf,
            some -> copy.triedSessions(chunk.ref().jobId(), some),
            (session, fault) -> refused.add(new Reject(session.row(), List.of(fault))))
        .store(chunk.sessions());
  }

  /** Cached users may have been deleted. */
  private void requireUsers() {
    if (jdbc.sql(USERS_GONE).query(Boolean.class).single()) {
      throw users.stale(null);
    }
  }

  private static List<String> duplicates(List<Reject> rejects) {
    List<String> ids = new ArrayList<>();
    for (Reject reject : rejects) {
      for (Fault fault : reject.faults()) {
        if (fault.rule() == Rule.NOT_DUPLICATE) {
          ids.add(fault.value());
        }
      }
    }
    return ids;
  }

  private void close(Chunk chunk, int failed) {
    jdbc.sql(CLOSE)
        .param("jobId", chunk.ref().jobId())
        .param("chunkNo", chunk.ref().chunkNo())
        .param("successful", chunk.sessions().size() + chunk.rejects().size() - failed)
        .param("failed", failed)
        .param("skipped", chunk.skipped())
        .param("updated", chunk.updates().size())
        .update();
  }
}
