package org.kintell.backfill.load;

import java.io.InputStream;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.kintell.backfill.csv.ChunkPlan;
import org.kintell.backfill.csv.RecordStream;
import org.kintell.backfill.csv.RowShape;
import org.kintell.backfill.csv.SourceRecord;
import org.kintell.backfill.csv.SourceRecord.Key;
import org.kintell.backfill.job.ChunkClaim;
import org.kintell.backfill.job.ChunkRef;
import org.kintell.backfill.job.Job;
import org.kintell.backfill.job.OnDuplicate;
import org.kintell.backfill.row.Column;
import org.kintell.backfill.row.Reject;
import org.kintell.backfill.row.RowOutcome;
import org.kintell.backfill.row.Session;
import org.kintell.backfill.row.SessionUpdate;
import org.kintell.backfill.row.SkippedRow;

/**
 * One attempt to load a chunk: its records, the session ids that exist, and the outcome of its rows
 * so far. Used by one thread.
 */
public final class Chunk {

  /** The exchange property that holds the chunk while its rows are routed. */
  public static final String PROPERTY = "chunk";

  private final ClaimedChunk claimed;
  private final RowShape shape;
  private final ZoneId zone;
  private final int[] positions = new int[Column.values().length];
  private final List<SourceRecord> records;
  private final List<Session> sessions = new ArrayList<>();
  private final List<Session> updates = new ArrayList<>();
  private final List<Reject> rejects = new ArrayList<>();
  private int skipped;
  private boolean duplicates;
  private final Set<String> takenIds;
  private final long begun;

  /**
   * @param begun {@link System#nanoTime()} before it was opened
   */
  Chunk(ClaimedChunk claimed, List<SourceRecord> records, long begun) {
    this.claimed = claimed;
    this.shape = new RowShape(claimed.header());
    this.zone = Job.zone(claimed.timezone());
    for (Column column : Column.values()) {
      positions[column.ordinal()] = claimed.header().position(column);
    }
    this.records = records;
    this.takenIds = new HashSet<>(2 * records.size());
    this.begun = begun;
  }

  /** The time since the attempt began. */
  Duration age() {
    return Duration.ofNanos(System.nanoTime() - begun);
  }

  public ChunkRef ref() {
    return claimed.claim().ref();
  }

  /** The right to load it. */
  public ChunkClaim claim() {
    return claimed.claim();
  }

  /** The delimiter, encoded for an endpoint's address. */
  public String delimiter() {
    return URLEncoder.encode(String.valueOf(claimed.header().delimiter()), StandardCharsets.UTF_8);
  }

  /** The records that can be read, as UTF-8, each followed by a line feed. */
  public InputStream csv() {
    return new RecordStream(records);
  }

  /** The job's policy for rows whose session exists, by its name in requests. */
  public String onDuplicate() {
    return claimed.policy().stored();
  }

  public OnDuplicate policy() {
    return claimed.policy();
  }

  /** Whether it begins its file. */
  public boolean isFirst() {
    return ref().chunkNo() == 0;
  }

  /** Whether its rows were set aside because their ids may occur earlier in the file. */
  public boolean isTail() {
    return claimed.plan().tail();
  }

  /** Whether an earlier chunk of its job met ids of existing sessions. */
  public boolean expectsDuplicates() {
    return claimed.expectsDuplicates();
  }

  /** Notes that some of its ids are those of existing sessions. */
  public void meetDuplicates() {
    duplicates = true;
  }

  /** Whether some of its ids are those of existing sessions. */
  public boolean hasDuplicates() {
    return duplicates;
  }

  /** Whether its job is a dry run, which imports nothing. */
  public boolean isDryRun() {
    return claimed.dryRun();
  }

  /** The time zone of dates without an offset; null where they are refused. */
  ZoneId zone() {
    return zone;
  }

  /** How many cells a row must have. */
  RowShape shape() {
    return shape;
  }

  /** Where a column's cell stands in a row, from 0. */
  int position(Column column) {
    return positions[column.ordinal()];
  }

  public List<SourceRecord> records() {
    return records;
  }

  /** One field of all its records, in their order, read from their bytes without parsing them. */
  public List<String> texts(Key key) {
    List<String> texts = new ArrayList<>(records.size());
    for (SourceRecord record : records) {
      texts.add(record.text(key));
    }
    return texts;
  }

  /** The record of a row; records are in the order of their rows. */
  public SourceRecord record(long row) {
    int low = 0;
    int high = records.size() - 1;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (records.get(middle).row() < row) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return records.get(low);
  }

  /** Adds ids of this chunk that existing sessions have. */
  public void know(Collection<String> existingIds) {
    takenIds.addAll(existingIds);
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
    } else if (outcome instanceof SessionUpdate update) {
      updates.add(update.session());
    } else if (outcome instanceof SkippedRow) {
      skipped++;
    } else {
      rejects.add((Reject) outcome);
    }
  }

  public List<Session> sessions() {
    return sessions;
  }

  /** New values for sessions that exist. */
  public List<Session> updates() {
    return updates;
  }

  /** The users of its sessions and updates, each once. */
  public UUID[] users() {
    return Stream.concat(sessions.stream(), updates.stream())
        .flatMap(session -> Stream.of(session.participantId(), session.volunteerId()))
        .distinct()
        .toArray(UUID[]::new);
  }

  /** How many rows left an existing session as it was. */
  public int skipped() {
    return skipped;
  }

  public List<Reject> rejects() {
    return rejects;
  }

  /**
   * @throws IllegalStateException when a row has no outcome; such a chunk is not written
   */
  public void requireWhole() {
    int rows = sessions.size() + updates.size() + skipped + rejects.size();
    ChunkPlan plan = claimed.plan();
    if (rows != plan.rowCount()) {
      throw new IllegalStateException(
          "chunk %d has %d rows, but %d outcomes".formatted(plan.chunkNo(), plan.rowCount(), rows));
    }
  }
}
