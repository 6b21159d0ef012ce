package org.kintell.backfill.load;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.kintell.backfill.SqlFile;
import org.kintell.backfill.row.Reject;
import org.kintell.backfill.row.Session;
import org.kintell.backfill.source.SourceRecord;
import org.postgresql.PGConnection;

/** Sends the sessions and rejects of a chunk to the database with COPY, on a given connection. */
final class CopyIn {

  private static final String SESSIONS = SqlFile.read("copy-sessions");
  private static final String STAGED_SESSIONS = SqlFile.read("copy-staged-sessions");
  private static final String REJECTS = SqlFile.read("copy-rejects");
  private static final int SESSION_BYTES = 320;

  private final Connection connection;

  CopyIn(Connection connection) {
    this.connection = connection;
  }

  /** Straight into the table; a violated key fails all of them. */
  void sessions(UUID jobId, List<Session> sessions) throws SQLException {
    copy(SESSIONS, lines(jobId, sessions));
  }

  /** Into the temporary table. */
  void stagedSessions(UUID jobId, List<Session> sessions) throws SQLException {
    copy(STAGED_SESSIONS, lines(jobId, sessions));
  }

  private static CopyText lines(UUID jobId, List<Session> sessions) {
    CopyText copy = new CopyText(SESSION_BYTES * sessions.size());
    for (Session session : sessions) {
      copy.plain(session.id())
          .text(session.externalId())
          .plain(session.type().stored())
          .plain(session.participantId())
          .plain(session.volunteerId())
          .plain(jobId)
          .plain(session.row())
          .instant(session.scheduledAt())
          .instant(session.completedAt())
          .plain(session.durationMinutes())
          .plain(session.rating() == null ? null : session.rating().toPlainString())
          .text(session.feedback())
          .plain(session.level())
          .endLine();
    }
    return copy;
  }

  /** The rejects of a chunk, with their records as they stood in the file. */
  void rejects(Chunk chunk, List<Reject> rejects) throws SQLException {
    if (rejects.isEmpty()) {
      return;
    }
    Map<Long, SourceRecord> records =
        chunk.records().stream().collect(Collectors.toMap(SourceRecord::row, Function.identity()));
    CopyText copy = new CopyText(SESSION_BYTES * rejects.size());
    for (Reject reject : rejects) {
      SourceRecord record = records.get(reject.row());
      copy.plain(chunk.ref().jobId())
          .plain(reject.row())
          .plain(chunk.ref().chunkNo())
          .bytes(record.raw())
          .plain(record.offset())
          .plain(record.length())
          .array(reject.causes())
          .text(reject.message())
          .endLine();
    }
    copy(REJECTS, copy);
  }

  private void copy(String statement, CopyText lines) throws SQLException {
    try {
      connection
          .unwrap(PGConnection.class)
          .getCopyAPI()
          .copyIn(statement, new ByteArrayInputStream(lines.bytes(), 0, lines.size()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
