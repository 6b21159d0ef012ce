package org.kintell.backfill.event;

import io.nats.client.Connection;
import io.nats.client.JetStreamApiException;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.apache.camel.Body;
import org.apache.camel.Variable;
import org.kintell.backfill.database.SqlFile;
import org.kintell.backfill.job.run.Activity;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Publishes job events, which are stored on the job's row until they are published. */
@Repository
public class JobEvents {

  private static final String FIND = SqlFile.read("event/pending-job-events");
  private static final String REMOVE = SqlFile.read("event/remove-job-event");
  static final String SUBJECTS = "kintell.backfill.";

  private final JdbcClient jdbc;
  private final NatsLink link;
  private final EventStream stream;
  private final EventPublisher publisher;
  private final Activity activity;

  JobEvents(
      JdbcClient jdbc,
      NatsLink link,
      EventStream stream,
      EventPublisher publisher,
      Activity activity) {
    this.jdbc = jdbc;
    this.link = link;
    this.stream = stream;
    this.publisher = publisher;
    this.activity = activity;
  }

  /**
   * A job event to publish.
   *
   * @param stored as on the job's row, {@code <name>:<eventId>}
   * @param name {@code started}, {@code completed}, {@code failed} or {@code paused}
   */
  public record Pending(UUID jobId, String stored, String name, UUID eventId) {

    static Pending of(UUID jobId, String stored) {
      int colon = stored.indexOf(':');
      return new Pending(
          jobId, stored, stored.substring(0, colon), UUID.fromString(stored.substring(colon + 1)));
    }

    public String subject() {
      return SUBJECTS + name;
    }
  }

  /** Unpublished job events in order; empty while NATS is unavailable. */
  public List<Pending> pending() throws IOException, JetStreamApiException {
    Optional<Connection> connection = link.connection();
    if (connection.isEmpty()) {
      return List.of();
    }
    stream.ensure(connection.get());
    List<Pending> pending =
        jdbc.sql(FIND)
            .query((row, number) -> Pending.of(row.getObject(1, UUID.class), row.getString(2)))
            .list();
    if (!pending.isEmpty()) {
      activity.notice();
    }
    return pending;
  }

  /** The event, with the job's status object as its data. */
  public Event event(@Body Object status, @Variable("jobEvent") Pending pending) {
    return Event.of(pending.subject(), pending.eventId(), Instant.now(), pending.jobId(), status);
  }

  /** Whether a stream stores the event. */
  public boolean hasStream(@Variable("jobEvent") Pending pending)
      throws IOException, JetStreamApiException {
    Optional<Connection> connection = link.connection();
    return connection.isPresent()
        && stream.covering(connection.get(), pending.subject()).isPresent();
  }

  /**
   * Publishes the event and waits for the stream's acknowledgement. The NATS component cannot do
   * that: it continues in the client's own thread, which delivers the acknowledgements.
   *
   * @throws IOException when the stream has not stored the event, for example because it is full
   */
  public void publishAndAwait(@Body Event event) throws IOException {
    publisher.publishAndAwait(
        link.requireConnection(), event.type(), List.of(event).iterator(), Set.of());
  }

  public void remove(@Variable("jobEvent") Pending published) {
    jdbc.sql(REMOVE).param("jobId", published.jobId()).param("stored", published.stored()).update();
  }
}
