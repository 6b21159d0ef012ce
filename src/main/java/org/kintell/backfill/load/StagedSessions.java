package org.kintell.backfill.load;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.kintell.backfill.SqlFile;
import org.kintell.backfill.job.OnDuplicate;
import org.kintell.backfill.row.Fault;
import org.kintell.backfill.row.Rule;
import org.kintell.backfill.row.Session;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionStatus;

/**
 * Stores the sessions of a chunk through a temporary table: where some of them exist and are to be
 * updated; and after the straight way failed, because an id exists that was not asked for or that
 * another job was faster with, or a value cannot be stored, to find out which rows it is.
 */
@Component
class StagedSessions {

  private static final String STAGE = SqlFile.read("stage-sessions");
  private static final String INSERT = SqlFile.read("insert-staged-sessions");
  private static final String UPSERT = SqlFile.read("upsert-staged-sessions");

  private final JdbcTemplate jdbcTemplate;
  private final JdbcClient jdbc;
  private final KnownSessions known;
  private final SessionsTable table;

  StagedSessions(
      JdbcTemplate jdbcTemplate, JdbcClient jdbc, KnownSessions known, SessionsTable table) {
    this.jdbcTemplate = jdbcTemplate;
    this.jdbc = jdbc;
    this.known = known;
    this.table = table;
  }

  /** Stores new and existing sessions, in the order of their rows, within the transaction. */
  StoredRows store(Chunk chunk, TransactionStatus transaction) {
    StoredRows stored = StoredRows.none();
    List<Session> rows = withoutKnown(chunk, stored);
    rows.addAll(chunk.updates());
    rows.sort(Comparator.comparing(Session::row));
    jdbc.sql(STAGE).update();
    new ByHalves(
            transaction, table::refusesSome, some -> store(chunk, some, stored), stored::refuse)
        .store(rows);
    ChunkCopy.execute(jdbcTemplate, copy -> copy.updates(chunk.ref(), stored.updated()));
    return stored;
  }

  /**
   * The sessions that are new as far as is known. Asked for here, where nobody did beforehand: the
   * database would look at all else that it refuses in a row before it meets a duplicate.
   */
  private List<Session> withoutKnown(Chunk chunk, StoredRows stored) {
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

  private void store(Chunk chunk, List<Session> rows, StoredRows stored) {
    jdbc.sql("TRUNCATE staged_sessions").update();
    ChunkCopy.execute(jdbcTemplate, copy -> copy.stagedSessions(chunk.ref().jobId(), rows));
    if (chunk.policy() == OnDuplicate.UPDATE) {
      upsert(rows, stored);
    } else {
      insert(rows, chunk.policy(), stored);
    }
  }

  private void insert(List<Session> rows, OnDuplicate policy, StoredRows stored) {
    Set<Long> inserted = new HashSet<>(jdbc.sql(INSERT).query(Long.class).list());
    for (Session session : rows) {
      if (inserted.contains(session.row())) {
        stored.created().add(session);
      } else {
        passOver(session, policy, stored);
      }
    }
  }

  private static void passOver(Session duplicate, OnDuplicate policy, StoredRows stored) {
    if (policy == OnDuplicate.SKIP) {
      stored.skipped().add(duplicate);
    } else {
      stored.refuse(duplicate, Fault.of(Rule.NOT_DUPLICATE, duplicate.externalId()));
    }
  }

  /** A session that came back with the id that was made for its first row is new. */
  private void upsert(List<Session> rows, StoredRows stored) {
    Map<String, UUID> ids = new HashMap<>(2 * rows.size());
    jdbc.sql(UPSERT)
        .query(
            row -> {
              ids.put(row.getString(1), row.getObject(2, UUID.class));
            });
    for (Session session : rows) {
      UUID id = ids.get(session.externalId());
      if (id.equals(session.id())) {
        stored.created().add(session);
      } else {
        stored.updated().add(session.withId(id));
      }
    }
  }
}
