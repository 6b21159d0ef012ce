package org.kintell.backfill.event;

import io.nats.client.Connection;
import io.nats.client.JetStreamApiException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import org.kintell.backfill.database.SqlFile;
import org.kintell.backfill.job.Ownership;
import org.kintell.backfill.job.run.Activity;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/**
 * Publishes retractions of sessions that a rollback removed. The commit that removed a session
 * stored its retraction; it is deleted once the event is acknowledged.
 */
@Repository
public class Retractions {

  private static final String CLAIM = SqlFile.read("event/claim-retractions");
  private static final String REMOVE = SqlFile.read("event/remove-retractions");

  private final JdbcClient jdbc;
  private final Ownership ownership;
  private final NatsLink link;
  private final EventStream stream;
  private final EventPublisher publisher;
  private final Activity activity;

  Retractions(
      JdbcClient jdbc,
      Ownership ownership,
      NatsLink link,
      EventStream stream,
      EventPublisher publisher,
      Activity activity) {
    this.jdbc = jdbc;
    this.ownership = ownership;
    this.link = link;
    this.stream = stream;
    this.publisher = publisher;
    this.activity = activity;
  }

  /** Data of {@code kintell.session.retracted}. */
  record SessionRetracted(UUID sessionId, String externalSessionId) {

    static final String TYPE = "kintell.session.retracted";

    /** The id is derived from both ids, so that a repeated event has the same id. */
    Event event(UUID jobId, Instant retractedAt) {
      String name = TYPE + " " + sessionId + " " + jobId;
      UUID id = UUID.nameUUIDFromBytes(name.getBytes(StandardCharsets.US_ASCII));
      return Event.of(TYPE, id, retractedAt, jobId, this);
    }
  }

  /**
   * A stored retraction.
   *
   * @param publishFrom the stream's last sequence before an earlier attempt, or null
   */
  private record Retraction(UUID jobId, UUID sessionId, Event event, Long publishFrom) {}

  /** Publishes a batch; does nothing while NATS is unavailable. */
  public void publish() throws IOException, JetStreamApiException {
    Optional<Connection> connected = link.connection();
    if (connected.isEmpty()) {
      return;
    }
    Connection connection = connected.get();
    Optional<String> name = stream.covering(connection, SessionRetracted.TYPE);
    Long last = name.isPresent() ? stream.lastSequence(connection, name.get()) : null;
    List<Retraction> batch = claim(last);
    if (batch.isEmpty()) {
      return;
    }
    activity.notice();
    List<Event> events = batch.stream().map(Retraction::event).toList();
    if (name.isPresent()) {
      Set<String> sent = sent(connection, name.get(), batch);
      publisher.publishAndAwait(connection, SessionRetracted.TYPE, events.iterator(), sent);
    } else {
      publisher.publishPlain(connection, SessionRetracted.TYPE, events.iterator());
    }
    remove(batch);
  }

  private List<Retraction> claim(Long lastSequence) {
    return jdbc.sql(CLAIM)
        .param("publisher", ownership.number())
        .param("lastSequence", lastSequence)
        .query(
            (row, number) -> {
              UUID jobId = row.getObject(1, UUID.class);
              SessionRetracted data =
                  new SessionRetracted(row.getObject(2, UUID.class), row.getString(3));
              Event event = data.event(jobId, row.getObject(4, OffsetDateTime.class).toInstant());
              return new Retraction(jobId, data.sessionId(), event, row.getObject(5, Long.class));
            })
        .list();
  }

  /** Ids that earlier, failed attempts left in the stream. */
  private Set<String> sent(Connection connection, String name, List<Retraction> batch)
      throws IOException, JetStreamApiException {
    OptionalLong from =
        batch.stream()
            .map(Retraction::publishFrom)
            .filter(Objects::nonNull)
            .mapToLong(Long::longValue)
            .min();
    return from.isPresent()
        ? stream.idsAfter(connection, name, SessionRetracted.TYPE, from.getAsLong())
        : Set.of();
  }

  private void remove(List<Retraction> batch) {
    jdbc.sql(REMOVE)
        .param("jobIds", batch.stream().map(r -> r.jobId().toString()).toArray(String[]::new))
        .param(
            "sessionIds", batch.stream().map(r -> r.sessionId().toString()).toArray(String[]::new))
        .update();
  }
}
