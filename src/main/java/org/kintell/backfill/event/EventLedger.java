package org.kintell.backfill.event;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.kintell.backfill.database.SqlFile;
import org.kintell.backfill.job.ChunkRef;
import org.kintell.backfill.job.Ownership;
import org.kintell.backfill.load.LoadedChunk;
import org.kintell.backfill.row.Session;
import org.kintell.backfill.row.SessionType;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Records in the chunk ledger which chunks have published their events. */
@Repository
class EventLedger {

  private static final String CLAIM = SqlFile.read("event/claim-events");
  private static final String MARK = SqlFile.read("event/mark-published");
  private static final String UNPUBLISHED = SqlFile.read("event/unpublished-chunks");
  private static final String SESSIONS = SqlFile.read("event/chunk-sessions");

  private final JdbcClient jdbc;
  private final Ownership ownership;

  EventLedger(JdbcClient jdbc, Ownership ownership) {
    this.jdbc = jdbc;
    this.ownership = ownership;
  }

  /**
   * The right to publish a chunk.
   *
   * @param isFirst whether this is the first attempt
   * @param publishFrom the stream's last sequence before the first attempt
   */
  record Claim(boolean isFirst, long publishFrom) {}

  /**
   * Claims a chunk for this process; empty when it is published, claimed by another live process,
   * or some of its sessions have been removed since it was read.
   *
   * @param lastSequence of the stream, null without a stream
   */
  Optional<Claim> claim(LoadedChunk chunk, Long lastSequence) {
    return jdbc.sql(CLAIM)
        .param("jobId", chunk.ref().jobId())
        .param("chunkNo", chunk.ref().chunkNo())
        .param("imported", chunk.sessions().size())
        .param("publisher", ownership.number())
        .param("lastSequence", lastSequence)
        .query((row, number) -> new Claim(row.getBoolean(1), row.getLong(2)))
        .optional();
  }

  void markPublished(ChunkRef chunk) {
    jdbc.sql(MARK).param("jobId", chunk.jobId()).param("chunkNo", chunk.chunkNo()).update();
  }

  /** The oldest loaded chunks that no live process publishes. */
  List<ChunkRef> unpublished() {
    return jdbc.sql(UNPUBLISHED)
        .param("publisher", ownership.number())
        .query((row, number) -> new ChunkRef(row.getObject(1, UUID.class), row.getInt(2)))
        .list();
  }

  /** Reads a loaded chunk and its sessions; null when its job is gone. */
  LoadedChunk load(ChunkRef ref) {
    List<LoadedChunk> found = new ArrayList<>(1);
    List<Session> sessions = new ArrayList<>();
    List<Session> updates = new ArrayList<>();
    jdbc.sql(SESSIONS)
        .param("jobId", ref.jobId())
        .param("chunkNo", ref.chunkNo())
        .query(
            row -> {
              if (found.isEmpty()) {
                OffsetDateTime loadedAt = row.getObject("loaded_at", OffsetDateTime.class);
                found.add(
                    new LoadedChunk(ref, loadedAt.toInstant(), sessions, updates, 0, List.of()));
              }
              if (row.getObject("updated_by_row") != null) {
                updates.add(session(row, "updated_by_row"));
              } else if (row.getObject("id") != null) {
                sessions.add(session(row, "source_row"));
              }
            });
    return found.isEmpty() ? null : found.get(0);
  }

  private static Session session(ResultSet row, String number) throws SQLException {
    return new Session(
        row.getObject("id", UUID.class),
        row.getLong(number),
        row.getString("external_session_id"),
        SessionType.ofStored(row.getString("session_type")),
        row.getObject("participant_id", UUID.class),
        row.getObject("volunteer_id", UUID.class),
        row.getObject("scheduled_at", OffsetDateTime.class).toInstant(),
        row.getObject("completed_at", OffsetDateTime.class).toInstant(),
        row.getInt("duration_minutes"),
        row.getBigDecimal("rating"),
        null,
        row.getString("language_level"));
  }
}
