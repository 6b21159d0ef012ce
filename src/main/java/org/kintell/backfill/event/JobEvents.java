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
import org.apache.camel.ExchangeProperty;
import org.kintell.backfill.database.SqlFile;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** What there is to tell about jobs: kept on the job's row until it went out. */
@Repository
public class JobEvents {

  private static final String PENDING = SqlFile.read("event/pending-milestones");
  private static final String REMOVE = SqlFile.read("event/remove-milestone");
  private static final String SUBJECTS = "kintell.backfill.";

  private final JdbcClient jdbc;
  private final NatsLink link;
  private final EventStream stream;
  private final EventPublisher publisher;

  JobEvents(JdbcClient jdbc, NatsLink link, EventStream stream, EventPublisher publisher) {
    this.jdbc = jdbc;
    this.link = link;
    this.stream = stream;
    this.publisher = publisher;
  }

  /**
   * One thing to tell.
   *
   * @param stored as it stands on the job's row
   * @param name {@code started}, {@code completed}, {@code failed} or {@code paused}
   */
  public record Milestone(UUID jobId, String stored, String name, UUID eventId) {

    static Milestone of(UUID jobId, String stored) {
      int colon = stored.indexOf(':');
      return new Milestone(
          jobId, stored, stored.substring(0, colon), UUID.fromString(stored.substring(colon + 1)));
    }

    public String subject() {
      return SUBJECTS + name;
    }
  }

  /** What was not told yet, in order; nothing while there is nobody to tell. */
  public List<Milestone> pending() throws IOException, JetStreamApiException {
    Optional<Connection> connection = link.connection();
    if (connection.isEmpty()) {
      return List.of();
    }
    stream.ensure(connection.get());
    return jdbc.sql(PENDING)
        .query((row, number) -> Milestone.of(row.getObject(1, UUID.class), row.getString(2)))
        .list();
  }

  /** The event of a milestone, with the job's status object. */
  public Event event(@Body Object status, @ExchangeProperty("milestone") Milestone milestone) {
    return Event.of(
        milestone.subject(), milestone.eventId(), Instant.now(), milestone.jobId(), status);
  }

  /** Whether a stream keeps what is told. */
  public boolean isKept(@ExchangeProperty("milestone") Milestone milestone)
      throws IOException, JetStreamApiException {
    Optional<Connection> connection = link.connection();
    return connection.isPresent()
        && stream.covering(connection.get(), milestone.subject()).isPresent();
  }

  /**
   * Tells of it, and waits for the stream. Not with the route's own NATS endpoint: that goes on in
   * the client's thread, which then waits for answers that only it could deliver.
   *
   * @throws IOException when the stream has not taken the event, as one that is full; it is told
   *     again
   */
  public void publishAndAwait(@Body Event event) throws IOException {
    Connection connection = link.connection().orElseThrow(() -> new IOException("NATS is away"));
    publisher.publishAndAwait(connection, List.of(event).iterator(), Set.of());
  }

  /** It went out. */
  public void told(@ExchangeProperty("milestone") Milestone milestone) {
    jdbc.sql(REMOVE).param("jobId", milestone.jobId()).param("stored", milestone.stored()).update();
  }
}
