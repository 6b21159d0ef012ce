package org.kintell.backfill.load.write;

import java.util.ArrayList;
import java.util.List;
import org.kintell.backfill.row.Fault;
import org.kintell.backfill.row.Reject;
import org.kintell.backfill.row.Session;

/**
 * What the database made of a chunk's rows.
 *
 * @param created sessions that are new
 * @param updated the rows that gave an existing session new values, each with that session's id
 * @param skipped the rows whose session turned out to exist
 * @param refused the rows that it did not take
 */
record WriteResult(
    List<Session> created, List<Session> updated, List<Session> skipped, List<Reject> refused) {

  /** All sessions are new. */
  static WriteResult created(List<Session> sessions) {
    return new WriteResult(sessions, List.of(), List.of(), List.of());
  }

  /** Nothing so far. */
  static WriteResult none() {
    return new WriteResult(
        new ArrayList<>(), new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
  }

  void refuse(Session session, Fault fault) {
    refused.add(new Reject(session.row(), List.of(fault)));
  }
}
