package org.kintell.backfill.event;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.UUID;
import java.util.stream.Stream;
import org.kintell.backfill.load.LoadedChunk;
import org.kintell.backfill.row.Session;

/** Data of {@code kintell.session.completed}. Absent optional values are left out. */
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

  /** One event per imported session, then one per updating row. */
  static Stream<Event> events(LoadedChunk chunk) {
    UUID jobId = chunk.ref().jobId();
    return Stream.concat(
        chunk.sessions().stream()
            .map(session -> event(session, eventId(session.id(), jobId), chunk)),
        chunk.updates().stream()
            .map(update -> event(update, updateId(update.id(), jobId, update.row()), chunk)));
  }

  private static Event event(Session session, UUID id, LoadedChunk chunk) {
    return Event.of(TYPE, id, chunk.loadedAt(), chunk.ref().jobId(), of(session));
  }

  /** Derived from both ids, so that a repeated event has the same id. */
  private static UUID eventId(UUID sessionId, UUID jobId) {
    return named(TYPE + " " + sessionId + " " + jobId);
  }

  /** Includes the row, because a job may update the same session more than once. */
  private static UUID updateId(UUID sessionId, UUID jobId, long row) {
    return named(TYPE + " " + sessionId + " " + jobId + " " + row);
  }

  private static UUID named(String name) {
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
