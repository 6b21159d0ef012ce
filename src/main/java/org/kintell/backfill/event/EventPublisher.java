package org.kintell.backfill.event;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.module.SimpleModule;
import io.nats.client.Connection;
import io.nats.client.JetStreamApiException;
import io.nats.client.Message;
import io.nats.client.Subscription;
import io.nats.client.impl.Headers;
import io.nats.client.impl.NatsMessage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Iterator;
import java.util.Optional;
import java.util.Set;
import org.apache.camel.Body;
import org.kintell.backfill.load.LoadedChunk;
import org.springframework.stereotype.Component;

/** Publishes events with a bounded window of unacknowledged messages. */
@Component
public class EventPublisher {

  static final String MESSAGE_ID = "Nats-Msg-Id";

  private static final Duration ACK_TIMEOUT = Duration.ofSeconds(10);

  /** Start of a positive publish response (NATS ADR-1, JetStream JSON API). */
  private static final byte[] ACKNOWLEDGEMENT = "{\"stream\":".getBytes(StandardCharsets.US_ASCII);

  private final NatsLink link;
  private final EventStream stream;
  private final EventLedger ledger;
  private final ObjectWriter json;
  private final EventSettings settings;

  EventPublisher(
      NatsLink link,
      EventStream stream,
      EventLedger ledger,
      ObjectMapper json,
      EventSettings settings) {
    this.link = link;
    this.stream = stream;
    this.ledger = ledger;
    this.json =
        json.copy()
            .registerModule(new SimpleModule().addSerializer(new InstantJson()))
            .writerFor(Event.class);
    this.settings = settings;
  }

  /**
   * Publishes the events of a chunk and marks it as published.
   *
   * @return false when another process publishes it or has done so
   * @throws IOException when NATS is unavailable or refuses an event; the next attempt publishes
   *     those that are missing from the stream
   */
  public boolean publish(@Body LoadedChunk chunk) throws IOException, JetStreamApiException {
    Connection connection = link.requireConnection();
    Optional<String> name = stream.ensure(connection, chunk.ref());
    Long last = name.isPresent() ? stream.lastSequence(connection, name.get()) : null;
    Optional<EventLedger.Claim> claim = ledger.claim(chunk, last);
    if (claim.isEmpty()) {
      return false;
    }
    String subject = settings.subjectOf(chunk.ref());
    Iterator<Event> events = SessionCompleted.events(chunk).iterator();
    if (name.isEmpty()) {
      publishPlain(connection, subject, events);
    } else if (claim.get().isFirst()) {
      publishAndAwait(connection, subject, events, Set.of());
    } else {
      long from = claim.get().publishFrom();
      publishAndAwait(
          connection, subject, events, stream.idsAfter(connection, name.get(), subject, from));
    }
    ledger.markPublished(chunk.ref());
    return true;
  }

  /**
   * Publishes the events and waits for the acknowledgement of each. Counting acknowledgements costs
   * half as much as one future per event.
   *
   * @param sent ids of events that are in the stream already
   */
  void publishAndAwait(
      Connection connection, String subject, Iterator<Event> events, Set<String> sent)
      throws IOException {
    String inbox = connection.createInbox();
    Subscription answers = connection.subscribe(inbox);
    try {
      int waiting = 0;
      boolean any = events.hasNext();
      while (events.hasNext()) {
        Event event = events.next();
        if (sent.contains(event.id())) {
          continue;
        }
        if (waiting == settings.window()) {
          await(answers);
          waiting--;
        }
        connection.publish(message(subject, event, inbox));
        waiting++;
      }
      for (; waiting > 0; waiting--) {
        await(answers);
      }
      if (any) {
        link.published();
      }
    } finally {
      if (answers.isActive()) {
        answers.unsubscribe();
      }
    }
  }

  /** Publishes events without a stream and waits until the server has received them. */
  void publishPlain(Connection connection, String subject, Iterator<Event> events)
      throws IOException {
    while (events.hasNext()) {
      connection.publish(message(subject, events.next(), null));
    }
    link.flush();
  }

  private Message message(String subject, Event event, String replyTo)
      throws JsonProcessingException {
    return NatsMessage.builder()
        .subject(subject)
        .replyTo(replyTo)
        .headers(new Headers().put(MESSAGE_ID, event.id()))
        .data(json.writeValueAsBytes(event))
        .build();
  }

  private static void await(Subscription answers) throws IOException {
    try {
      Message answer = answers.nextMessage(ACK_TIMEOUT);
      if (answer == null) {
        throw new IOException("NATS did not acknowledge within 10 s");
      }
      if (!isAcknowledgement(answer.getData())) {
        throw new IOException("NATS refused an event: " + reason(answer));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    } catch (IllegalStateException e) {
      throw new IOException("NATS disconnected", e);
    }
  }

  private static boolean isAcknowledgement(byte[] answer) {
    return Arrays.mismatch(answer, ACKNOWLEDGEMENT) == ACKNOWLEDGEMENT.length;
  }

  private static String reason(Message answer) {
    return answer.isStatusMessage()
        ? answer.getStatus().getMessageWithCode()
        : new String(answer.getData(), StandardCharsets.UTF_8);
  }
}
