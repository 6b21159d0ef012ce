package org.kintell.backfill.event;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.UUID;
import org.kintell.backfill.row.Session;

/**
 * The data of {@code kintell.session.completed}: one imported session. Absent optional values are
 * left out.
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record SessionCompleted(
    UUID sessionId,
    String externalSessionId,
    String sessionType,
    UUID participantId,
    UUID volunteerId,
    Instant scheduledAt,
    Instant completedAt,
    int durationMinutes,
    BigDecimal rating,
    String languageLevel) {

  static final String TYPE = "kintell.session.completed";

  /** The event of a session that a job imported, when its chunk was loaded. */
  static Event event(Session session, UUID jobId, Instant loadedAt) {
    return Event.of(TYPE, eventId(session.id(), jobId), loadedAt, jobId, of(session));
  }

  /** Made from both ids, so that publishing again repeats it. */
  private static UUID eventId(UUID sessionId, UUID jobId) {
    String name = TYPE + " " + sessionId + " " + jobId;
    return UUID.nameUUIDFromBytes(name.getBytes(StandardCharsets.US_ASCII));
  }

  private static SessionCompleted of(Session session) {
    return new SessionCompleted(
        session.id(),
        session.externalId(),
        session.type().stored(),
        session.participantId(),
        session.volunteerId(),
        session.scheduledAt(),
        session.completedAt(),
        session.durationMinutes(),
        session.rating(),
        session.level());
  }
}
