package org.kintell.backfill.event;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectWriter;
import io.nats.client.Connection;
import io.nats.client.JetStream;
import io.nats.client.JetStreamApiException;
import io.nats.client.Message;
import io.nats.client.api.PublishAck;
import io.nats.client.impl.Headers;
import io.nats.client.impl.NatsMessage;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.camel.Body;
import org.kintell.backfill.load.LoadedChunk;
import org.springframework.stereotype.Component;

/**
 * Publishes the events of a chunk, many at a time, and returns when the broker has acknowledged all
 * of them.
 */
@Component
public class EventPublisher {

  static final String MESSAGE_ID = "Nats-Msg-Id";

  private static final Duration ACK_PATIENCE = Duration.ofSeconds(10);

  private final NatsLink link;
  private final EventStream stream;
  private final EventLedger ledger;
  private final ObjectWriter json;
  private final int window;

  EventPublisher(
      NatsLink link,
      EventStream stream,
      EventLedger ledger,
      ObjectMapper json,
      EventSettings settings) {
    this.link = link;
    this.stream = stream;
    this.ledger = ledger;
    this.json = json.writerFor(Event.class);
    this.window = settings.window();
  }

  /**
   * Publishes a chunk and notes it in the ledger; does nothing when another process does, or did.
   *
   * @throws IOException when NATS is away or does not take everything; what it took is known by its
   *     id, and the next attempt publishes the rest
   */
  public void publish(@Body LoadedChunk chunk) throws IOException, JetStreamApiException {
    Connection connection = link.connection().orElseThrow(() -> new IOException("NATS is away"));
    Optional<String> name = stream.ensure(connection);
    if (name.isPresent()) {
      long last = stream.lastSequence(connection, name.get());
      Optional<EventLedger.Claim> claim = ledger.claim(chunk, last);
      if (claim.isPresent()) {
        Set<String> sent =
            claim.get().isFirst()
                ? Set.of()
                : stream.idsAfter(
                    connection, name.get(), SessionCompleted.TYPE, claim.get().publishFrom());
        publishAndAwait(connection.jetStream(), SessionCompleted.events(chunk).iterator(), sent);
        ledger.markPublished(chunk.ref());
      }
    } else if (ledger.claim(chunk, null).isPresent()) {
      publishPlain(connection, SessionCompleted.events(chunk).iterator());
      ledger.markPublished(chunk.ref());
    }
  }

  /** Publishes those events that are not among the ids, and returns when all are acknowledged. */
  void publishAndAwait(JetStream jetStream, Iterator<Event> events, Set<String> sent)
      throws IOException {
    Queue<CompletableFuture<PublishAck>> pending = new ArrayDeque<>(window);
    while (events.hasNext()) {
      Event event = events.next();
      if (sent.contains(event.id())) {
        continue;
      }
      if (pending.size() == window) {
        await(pending.remove());
      }
      pending.add(jetStream.publishAsync(message(event)));
    }
    while (!pending.isEmpty()) {
      await(pending.remove());
    }
  }

  /** Publishes events for those who listen now, and returns when the server has taken them. */
  void publishPlain(Connection connection, Iterator<Event> events) throws IOException {
    while (events.hasNext()) {
      connection.publish(message(events.next()));
    }
    link.flush();
  }

  private Message message(Event event) throws JsonProcessingException {
    return NatsMessage.builder()
        .subject(event.type())
        .headers(new Headers().put(MESSAGE_ID, event.id()))
        .data(json.writeValueAsBytes(event))
        .build();
  }

  private static void await(CompletableFuture<PublishAck> ack) throws IOException {
    try {
      ack.get(ACK_PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      throw new IOException("NATS did not take an event: " + e.getCause().getMessage(), e);
    } catch (TimeoutException e) {
      throw new IOException("NATS does not acknowledge", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }
}
