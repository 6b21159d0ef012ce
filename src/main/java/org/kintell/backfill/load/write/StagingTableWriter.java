package org.kintell.backfill.load.write;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.kintell.backfill.database.SqlFile;
import org.kintell.backfill.job.OnDuplicate;
import org.kintell.backfill.load.Chunk;
import org.kintell.backfill.row.Fault;
import org.kintell.backfill.row.Rule;
import org.kintell.backfill.row.Session;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionStatus;

/**
 * Stores the sessions of a chunk through a temporary table. It serves chunks that update sessions,
 * and those whose COPY failed: an id exists that was not looked up or that another job has stored
 * meanwhile, or the table refuses a value. It finds out which rows these are.
 */
@Component
class StagingTableWriter {

  private static final String STAGE = SessionColumn.sql("stage-sessions");
  private static final String INSERT = SessionColumn.sql("insert-staged-sessions");
  private static final String UPSERT = SessionColumn.sql("upsert-staged-sessions");
  private static final String UNTAKEN = SqlFile.read("load/write/staged-sessions-untaken");

  private final JdbcClient jdbc;
  private final ChunkCopy copy;
  private final ExistingSessionIds known;
  private final SessionTableMetadata table;
  private final OwnConstraints constraints;

  StagingTableWriter(
      JdbcClient jdbc,
      ChunkCopy copy,
      ExistingSessionIds known,
      SessionTableMetadata table,
      OwnConstraints constraints) {
    this.jdbc = jdbc;
    this.copy = copy;
    this.known = known;
    this.table = table;
    this.constraints = constraints;
  }

  /** Stores new and existing sessions, in the order of their rows, within the transaction. */
  WriteResult store(Chunk chunk, TransactionStatus transaction) {
    WriteResult stored = WriteResult.none();
    List<Session> rows = withoutKnown(chunk, stored);
    rows.addAll(chunk.updates());
    rows.sort(Comparator.comparing(Session::row));
    List<Session> staged = stage(chunk, rows, stored, transaction);
    new BisectingInsert(
            transaction,
            table::refusesSome,
            some -> store(chunk.policy(), some, stored),
            stored::refuse)
        .store(staged, some -> constraints.sieve(some, stored, transaction));
    copy.updates(chunk.ref(), stored.updated());
    return stored;
  }

  /**
   * The sessions whose ids do not exist yet. Looked up before they are stored, because the database
   * would report every other fault of a row before that it is a duplicate.
   */
  private List<Session> withoutKnown(Chunk chunk, WriteResult stored) {
    if (chunk.policy() == OnDuplicate.UPDATE) {
      return new ArrayList<>(chunk.sessions());
    }
    Set<String> existing = known.among(chunk);
    List<Session> unknown = new ArrayList<>();
    for (Session session : chunk.sessions()) {
      if (existing.contains(session.externalId())) {
        passOver(session, chunk.policy(), stored);
      } else {
        unknown.add(session);
      }
    }
    return unknown;
  }

  /** Fills the temporary table; returns the sessions whose values its columns take. */
  private List<Session> stage(
      Chunk chunk, List<Session> rows, WriteResult stored, TransactionStatus transaction) {
    jdbc.sql(STAGE).update();
    List<Session> staged = new ArrayList<>(rows.size());
    new BisectingInsert(
            transaction,
            table::refusesSome,
            some -> {
              copy.stagedSessions(chunk.ref().jobId(), some);
              staged.addAll(some);
            },
            stored::refuse)
        .store(rows);
    return staged;
  }

  private void store(OnDuplicate policy, List<Session> rows, WriteResult stored) {
    if (policy == OnDuplicate.UPDATE) {
      upsert(rows, stored);
    } else {
      insert(rows, policy, stored);
    }
  }

  private void insert(List<Session> rows, OnDuplicate policy, WriteResult stored) {
    Set<Long> inserted = new HashSet<>(statement(INSERT, rows).query(Long.class).list());
    Set<Long> untaken =
        inserted.size() == rows.size()
            ? Set.of()
            : Set.copyOf(statement(UNTAKEN, rows).query(Long.class).list());
    for (Session session : rows) {
      if (inserted.contains(session.row())) {
        stored.created().add(session);
      } else if (untaken.contains(session.row())) {
        leaveUntaken(session, stored);
      } else {
        passOver(session, policy, stored);
      }
    }
  }

  /** A statement on the staged sessions from the first to the last of these consecutive ones. */
  private JdbcClient.StatementSpec statement(String sql, List<Session> rows) {
    return jdbc.sql(sql)
        .param("first", rows.get(0).row())
        .param("last", rows.get(rows.size() - 1).row());
  }

  /** The server reports success and stored nothing: a trigger returned NULL. */
  private static void leaveUntaken(Session session, WriteResult stored) {
    stored.refuse(
        session, Fault.of(Rule.STORABLE, "a trigger on kintell_sessions did not take it"));
  }

  private static void passOver(Session duplicate, OnDuplicate policy, WriteResult stored) {
    if (policy == OnDuplicate.SKIP) {
      stored.skipped().add(duplicate);
    } else {
      stored.refuse(duplicate, Fault.of(Rule.NOT_DUPLICATE, duplicate.externalId()));
    }
  }

  /** A session that comes back with the id made for its row is new; another id is an update. */
  private void upsert(List<Session> rows, WriteResult stored) {
    Map<Long, UUID> ids = new HashMap<>(2 * rows.size());
    statement(UPSERT, rows)
        .query(
            row -> {
              ids.put(row.getLong(1), row.getObject(2, UUID.class));
            });
    for (Session session : rows) {
      UUID id = ids.get(session.row());
      if (id == null) {
        leaveUntaken(session, stored);
      } else if (id.equals(session.id())) {
        stored.created().add(session);
      } else {
        stored.updated().add(session.withId(id));
      }
    }
  }
}
