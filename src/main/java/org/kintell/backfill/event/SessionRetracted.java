package org.kintell.backfill.event;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.UUID;

/** The data of {@code kintell.session.retracted}: one session that was told of and is gone. */
record SessionRetracted(UUID sessionId, String externalSessionId) {

  static final String TYPE = "kintell.session.retracted";

  /** The event, with an id made from both ids, so that publishing again repeats it. */
  Event event(UUID jobId, Instant retractedAt) {
    String name = TYPE + " " + sessionId + " " + jobId;
    UUID id = UUID.nameUUIDFromBytes(name.getBytes(StandardCharsets.US_ASCII));
    return Event.of(TYPE, id, retractedAt, jobId, this);
  }
}
