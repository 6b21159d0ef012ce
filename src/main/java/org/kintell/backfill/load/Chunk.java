package org.kintell.backfill.load;

import java.io.InputStream;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.kintell.backfill.job.ChunkRef;
import org.kintell.backfill.row.Column;
import org.kintell.backfill.row.Reject;
import org.kintell.backfill.row.RowOutcome;
import org.kintell.backfill.row.Session;
import org.kintell.backfill.row.UserMatch;
import org.kintell.backfill.source.ChunkPlan;
import org.kintell.backfill.source.Header;
import org.kintell.backfill.source.RecordStream;
import org.kintell.backfill.source.SourceRecord;

/**
 * One attempt to load a chunk: what was read, what the database knew beforehand, and what became of
 * its rows so far. Used by one thread.
 */
public final class Chunk {

  /** The exchange property that holds the chunk while its rows are routed. */
  static final String PROPERTY = "chunk";

  private final ChunkRef ref;
  private final Header header;
  private final int[] positions = new int[Column.values().length];
  private final ChunkPlan plan;
  private final boolean dryRun;
  private final List<SourceRecord> records;
  private final List<Session> sessions = new ArrayList<>();
  private final List<Reject> rejects = new ArrayList<>();
  private Set<String> takenIds = Set.of();
  private Map<String, UserMatch> users = Map.of();

  Chunk(ChunkRef ref, Header header, ChunkPlan plan, boolean dryRun, List<SourceRecord> records) {
    this.ref = ref;
    this.header = header;
    for (Column column : Column.values()) {
      positions[column.ordinal()] = header.position(column);
    }
    this.plan = plan;
    this.dryRun = dryRun;
    this.records = records;
  }

  public ChunkRef ref() {
    return ref;
  }

  /** The delimiter, by the name that a CSV data format gives it. */
  public String delimiter() {
    return String.valueOf(header.delimiter());
  }

  /** The records that can be read, as UTF-8, each followed by a line feed. */
  public InputStream csv() {
    return new RecordStream(records);
  }

  /** Whether its rows are only to be tried, and nothing imported. */
  public boolean isDryRun() {
    return dryRun;
  }

  /** How many cells a row must have. */
  int width() {
    return header.width();
  }

  /** Where a column's cell stands in a row, from 0. */
  int position(Column column) {
    return positions[column.ordinal()];
  }

  List<SourceRecord> records() {
    return records;
  }

  /** What a look into the database said of the ids and addresses in this chunk. */
  void know(Set<String> existingIds, Map<String, UserMatch> matchedUsers) {
    takenIds = new HashSet<>(existingIds);
    users = matchedUsers;
  }

  UserMatch user(String email) {
    return users.get(email);
  }

  Set<String> emails() {
    return users.keySet();
  }

  /** Takes an id; false when a session has it already. */
  boolean take(String sessionId) {
    return takenIds.add(sessionId);
  }

  boolean isTaken(String sessionId) {
    return takenIds.contains(sessionId);
  }

  void add(RowOutcome outcome) {
    if (outcome instanceof Session session) {
      sessions.add(session);
    } else {
      rejects.add((Reject) outcome);
    }
  }

  List<Session> sessions() {
    return sessions;
  }

  List<Reject> rejects() {
    return rejects;
  }

  /** Every row must have become something, or the chunk is not written. */
  void requireWhole() {
    if (sessions.size() + rejects.size() != plan.rowCount()) {
      throw new IllegalStateException(
          "chunk %d has %d rows, but %d sessions and %d rejects came of them"
              .formatted(plan.chunkNo(), plan.rowCount(), sessions.size(), rejects.size()));
    }
  }
}
