package org.kintell.backfill.event;

import io.nats.client.Connection;
import io.nats.client.JetStreamApiException;
import io.nats.client.JetStreamManagement;
import io.nats.client.JetStreamSubscription;
import io.nats.client.Message;
import io.nats.client.PullSubscribeOptions;
import io.nats.client.api.AckPolicy;
import io.nats.client.api.ConsumerConfiguration;
import io.nats.client.api.DeliverPolicy;
import io.nats.client.api.DiscardPolicy;
import io.nats.client.api.ServerInfo;
import io.nats.client.api.StorageType;
import io.nats.client.api.StreamConfiguration;
import java.io.IOException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.kintell.backfill.job.ChunkRef;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * The JetStream streams that store events: one, or with shards one for each shard of session events
 * and one for the other events.
 */
@Component
class EventStream {

  private static final Logger LOG = LoggerFactory.getLogger(EventStream.class);
  private static final String ALL = "kintell.>";
  private static final long UNLIMITED = -1;

  private static final String SAFE_LIMIT_VERSION = "2.10.5";

  private static final int FETCH = 500;
  private static final Duration FETCH_TIMEOUT = Duration.ofSeconds(5);

  private final EventSettings settings;
  private final NatsLink link;
  private final AtomicBoolean missingLogged = new AtomicBoolean();
  private final AtomicBoolean unspreadLogged = new AtomicBoolean();
  private final Set<String> uncoveredLogged = ConcurrentHashMap.newKeySet();

  EventStream(EventSettings settings, NatsLink link) {
    this.settings = settings;
    this.link = link;
  }

  /** A stream that the service creates unless another one covers the subject. */
  private record Wanted(String name, String subject, List<String> created) {}

  /**
   * The name of the stream that covers events, created if necessary; empty when the server has no
   * JetStream. With shards, it covers all but the events of sessions.
   */
  Optional<String> ensure(Connection connection) throws IOException, JetStreamApiException {
    return ensure(
        connection,
        settings.streamShards() == 1
            ? new Wanted(settings.stream(), SessionCompleted.TYPE, List.of(ALL))
            : new Wanted(
                settings.stream(),
                Retractions.SessionRetracted.TYPE,
                List.of(Retractions.SessionRetracted.TYPE, JobEvents.SUBJECTS + "*")));
  }

  /** The same for the events of a chunk's sessions. */
  Optional<String> ensure(Connection connection, ChunkRef chunk)
      throws IOException, JetStreamApiException {
    if (settings.streamShards() == 1) {
      return ensure(connection);
    }
    String subject = settings.subjectOf(chunk);
    String shard = settings.stream() + "-" + settings.shardOf(chunk);
    Optional<String> name = ensure(connection, new Wanted(shard, subject, List.of(subject)));
    if (name.filter(settings.stream()::equals).isPresent()
        && unspreadLogged.compareAndSet(false, true)) {
      LOG.warn(
          "Stream {} covers {}, so BACKFILL_STREAM_SHARDS has no effect. Remove the subject from it",
          name.get(),
          subject);
    }
    return name;
  }

  private Optional<String> ensure(Connection connection, Wanted stream)
      throws IOException, JetStreamApiException {
    if (!connection.getServerInfo().isJetStreamAvailable()) {
      if (missingLogged.compareAndSet(false, true)) {
        LOG.info("NATS has no JetStream: events are published without being stored");
      }
      return Optional.empty();
    }
    JetStreamManagement management = connection.jetStreamManagement();
    List<String> covering = covering(connection, management, stream);
    if (!covering.isEmpty()) {
      return Optional.of(covering.get(0));
    }
    return Optional.of(create(connection, management, stream));
  }

  /** Synchronized because several routes may find no stream at the same time. */
  private synchronized String create(
      Connection connection, JetStreamManagement management, Wanted stream)
      throws IOException, JetStreamApiException {
    List<String> meanwhile = covering(connection, management, stream);
    if (!meanwhile.isEmpty()) {
      return meanwhile.get(0);
    }
    management.addStream(
        StreamConfiguration.builder()
            .name(stream.name())
            .subjects(stream.created())
            .storageType(StorageType.File)
            .replicas(settings.streamReplicas())
            // A full stream refuses new events, which then wait in the database.
            .discardPolicy(DiscardPolicy.New)
            .maxBytes(maxBytes(connection.getServerInfo()))
            .maxAge(settings.streamMaxAge())
            .duplicateWindow(settings.duplicateWindow())
            .build());
    LOG.info("Stream {} created for {}", stream.name(), String.join(", ", stream.created()));
    return stream.name();
  }

  /**
   * The configured size limit, or none for servers before 2.10.5: these drop acknowledged events
   * from a full stream (nats-server issue 4771).
   */
  private long maxBytes(ServerInfo server) {
    if (settings.streamMaxBytes() == UNLIMITED
        || server.isSameOrNewerThanVersion(SAFE_LIMIT_VERSION)) {
      return settings.streamMaxBytes();
    }
    LOG.warn(
        "Stream {} is created without a size limit: nats-server {} drops events from a full stream."
            + " Update it to {} or later, or limit the whole store (max_file_store)",
        settings.stream(),
        server.getVersion(),
        SAFE_LIMIT_VERSION);
    return UNLIMITED;
  }

  /** The name of the stream that covers a subject, if any. */
  Optional<String> covering(Connection connection, String subject)
      throws IOException, JetStreamApiException {
    Optional<String> ofSessions = ensure(connection);
    if (ofSessions.isEmpty()) {
      return Optional.empty();
    }
    Optional<String> found =
        connection.jetStreamManagement().getStreamNames(subject).stream().findFirst();
    if (found.isEmpty() && uncoveredLogged.add(subject)) {
      LOG.warn(
          "No stream covers {}, so its events are not stored. Add the subject to stream {}",
          subject,
          ofSessions.get());
    }
    return found;
  }

  private List<String> covering(
      Connection connection, JetStreamManagement management, Wanted stream)
      throws IOException, JetStreamApiException {
    try {
      return management.getStreamNames(stream.subject());
    } catch (IOException e) {
      try {
        link.reconnect(connection);
      } catch (InterruptedException interrupted) {
        Thread.currentThread().interrupt();
      }
      throw e;
    }
  }

  long lastSequence(Connection connection, String stream)
      throws IOException, JetStreamApiException {
    return connection
        .jetStreamManagement()
        .getStreamInfo(stream)
        .getStreamState()
        .getLastSequence();
  }

  /** Ids of a subject's events that the stream stored after a sequence. */
  Set<String> idsAfter(Connection connection, String stream, String subject, long sequence)
      throws IOException, JetStreamApiException {
    Set<String> ids = new HashSet<>();
    long last = lastSequence(connection, stream);
    if (last <= sequence) {
      return ids;
    }
    ConsumerConfiguration headersOfLater =
        ConsumerConfiguration.builder()
            .filterSubject(subject)
            .deliverPolicy(DeliverPolicy.ByStartSequence)
            .startSequence(sequence + 1)
            .ackPolicy(AckPolicy.None)
            .headersOnly(true)
            .build();
    JetStreamSubscription subscription =
        connection
            .jetStream()
            .subscribe(
                subject,
                PullSubscribeOptions.builder().stream(stream)
                    .configuration(headersOfLater)
                    .build());
    try {
      long pending = subscription.getConsumerInfo().getCalculatedPending();
      while (pending > 0) {
        List<Message> messages = subscription.fetch(FETCH, FETCH_TIMEOUT);
        if (messages.isEmpty()) {
          throw new IOException("the stream did not return its messages");
        }
        for (Message message : messages) {
          if (message.hasHeaders()) {
            ids.add(message.getHeaders().getFirst(EventPublisher.MESSAGE_ID));
          }
        }
        pending -= messages.size();
      }
    } finally {
      subscription.unsubscribe();
    }
    return ids;
  }
}
