package org.kintell.backfill.load.write;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.SQLException;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.kintell.backfill.csv.SourceRecord;
import org.kintell.backfill.database.Copy;
import org.kintell.backfill.database.SqlFile;
import org.kintell.backfill.job.ChunkRef;
import org.kintell.backfill.load.Chunk;
import org.kintell.backfill.row.Fault;
import org.kintell.backfill.row.Reject;
import org.kintell.backfill.row.Rule;
import org.kintell.backfill.row.Session;
import org.springframework.jdbc.JdbcUpdateAffectedIncorrectNumberOfRowsException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;

/** Sends the sessions and rejects of a chunk to the database with COPY, in the transaction. */
@Component
public class ChunkCopy {

  private static final String SESSIONS = sessions("kintell_sessions", "text");
  private static final String BINARY_SESSIONS = sessions("kintell_sessions", "binary");
  private static final String STAGED_SESSIONS = sessions("staged_sessions", "text");
  private static final String TRIED_SESSIONS = sessions("tried_sessions", "text");
  private static final String UPDATES = SqlFile.read("load/write/copy-updates");
  private static final String DRY_RUN_FAULTS = SqlFile.read("load/write/copy-dry-run-faults");
  private static final String REJECTS = SqlFile.read("load/write/copy-rejects");
  private static final int REJECT_COLUMNS = 8;

  private final JdbcTemplate jdbc;

  ChunkCopy(JdbcTemplate jdbc) {
    this.jdbc = jdbc;
  }

  private static String sessions(String table, String format) {
    return SessionColumn.sql("copy-sessions")
        .replace("${table}", table)
        .replace("${format}", format);
  }

  /**
   * Straight into the table; a violated key fails all of them.
   *
   * @throws JdbcUpdateAffectedIncorrectNumberOfRowsException when the server left some of them out,
   *     as it does those for which a trigger returns NULL
   */
  void sessions(UUID jobId, List<Session> sessions) {
    requireAll(sessions, copy(SESSIONS, CopyText::new, lines -> write(jobId, sessions, lines)));
  }

  private static void requireAll(List<Session> sessions, long stored) {
    if (stored != sessions.size()) {
      throw new JdbcUpdateAffectedIncorrectNumberOfRowsException(
          SESSIONS, sessions.size(), Math.toIntExact(stored));
    }
  }

  /** The same in COPY's binary format; the columns must have the types of our migrations. */
  void binarySessions(UUID jobId, List<Session> sessions) {
    requireAll(
        sessions,
        copy(
            BINARY_SESSIONS,
            sink -> new CopyBinary(sink, SessionColumn.COUNT),
            rows -> write(jobId, sessions, rows)));
  }

  /** Into the table of a dry run. */
  public void triedSessions(UUID jobId, List<Session> sessions) {
    copy(TRIED_SESSIONS, lines -> write(jobId, sessions, lines));
  }

  /** Into the temporary table. */
  void stagedSessions(UUID jobId, List<Session> sessions) {
    copy(STAGED_SESSIONS, lines -> write(jobId, sessions, lines));
  }

  private static void write(UUID jobId, List<Session> sessions, CopyRows rows) throws SQLException {
    for (Session session : sessions) {
      SessionColumn.add(rows, jobId, session);
      rows.endRow();
    }
  }

  /** Which session each of these rows updated. */
  void updates(ChunkRef chunk, List<Session> updated) {
    if (updated.isEmpty()) {
      return;
    }
    copy(
        UPDATES,
        lines -> {
          for (Session session : updated) {
            lines
                .uuid(chunk.jobId())
                .bigint(chunk.chunkNo())
                .bigint(session.row())
                .uuid(session.id())
                .endRow();
          }
        });
  }

  /** The rejects of a chunk, with their records as they stood in the file. */
  void rejects(Chunk chunk, List<Reject> rejects) {
    if (rejects.isEmpty()) {
      return;
    }
    copy(
        REJECTS,
        sink -> new CopyBinary(sink, REJECT_COLUMNS),
        rows -> {
          for (Reject reject : rejects) {
            write(chunk.ref(), reject, chunk.record(reject.row()), rows);
          }
        });
  }

  private static void write(ChunkRef chunk, Reject reject, SourceRecord record, CopyBinary rows)
      throws SQLException {
    rows.uuid(chunk.jobId())
        .bigint(reject.row())
        .integer(chunk.chunkNo())
        .bytes(record.raw())
        .bigint(record.offset())
        .bigint(record.length())
        .array(reject.causes())
        .text(reject.message())
        .endRow();
  }

  /**
   * What is wrong with the rejects of a dry run, a line for each cause of each.
   *
   * @param stored the ids of duplicates that sessions in the database have
   */
  public void dryRunFaults(UUID jobId, List<Reject> rejects, Set<String> stored) {
    copy(
        DRY_RUN_FAULTS,
        lines -> {
          for (Reject reject : rejects) {
            for (String cause : reject.causes()) {
              List<Fault> faults =
                  reject.faults().stream()
                      .filter(fault -> fault.rule().cause().equals(cause))
                      .toList();
              write(jobId, reject.row(), faults, stored, lines);
            }
          }
        });
  }

  private static void write(
      UUID jobId, long row, List<Fault> faults, Set<String> stored, CopyText lines)
      throws SQLException {
    Fault first = faults.get(0);
    boolean isNotFound =
        first.rule() == Rule.PARTICIPANT_FOUND || first.rule() == Rule.VOLUNTEER_FOUND;
    lines
        .uuid(jobId)
        .plain(first.rule().cause())
        .bigint(row)
        .text(faults.stream().map(Fault::message).collect(Collectors.joining("; ")))
        .text(isNotFound ? first.value() : null)
        .plain(first.rule() == Rule.NOT_DUPLICATE ? stored.contains(first.value()) : null)
        .endRow();
  }

  private void copy(String statement, Rows<CopyText> lines) {
    copy(statement, CopyText::new, lines);
  }

  /** How many rows the server stored. */
  private <T extends CopyRows> long copy(
      String statement, Function<Copy.Sink, T> format, Rows<T> rows) {
    try {
      return Copy.send(
          jdbc,
          statement,
          sink -> {
            T sent = format.apply(sink);
            rows.write(sent);
            sent.finish();
          });
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private interface Rows<T extends CopyRows> {
    void write(T rows) throws SQLException;
  }
}
