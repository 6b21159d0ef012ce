package org.kintell.backfill.event;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.nats.client.Connection;
import io.nats.client.JetStreamApiException;
import io.nats.client.JetStreamManagement;
import io.nats.client.Message;
import io.nats.client.Nats;
import io.nats.client.PullSubscribeOptions;
import io.nats.client.api.AckPolicy;
import io.nats.client.api.ConsumerConfiguration;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The content of the stream, as a consumer sees it. */
@SuppressWarnings("try") // A NATS connection's close() may be interrupted; a test then ends anyway.
public final class PublishedEvents {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration PATIENCE = Duration.ofSeconds(5);
  private static final int BATCH = 500;

  /** A message of the stream. */
  public record Published(String id, JsonNode json, String text) {

    static Published of(Message message) throws IOException {
      return new Published(
          message.getHeaders().getFirst("Nats-Msg-Id"),
          JSON.readTree(message.getData()),
          new String(message.getData(), StandardCharsets.UTF_8));
    }

    public String externalSessionId() {
      return json.path("data").path("externalSessionId").asText();
    }
  }

  private PublishedEvents() {}

  /** All messages on a subject, in the order of the stream. */
  public static List<Published> on(String natsUrl, String subject)
      throws IOException, InterruptedException, JetStreamApiException {
    try (Connection connection = Nats.connect(natsUrl)) {
      String stream = connection.jetStreamManagement().getStreamNames(subject).get(0);
      var subscription =
          connection
              .jetStream()
              .subscribe(
                  subject,
                  PullSubscribeOptions.builder().stream(stream)
                      .configuration(
                          ConsumerConfiguration.builder()
                              .filterSubject(subject)
                              .ackPolicy(AckPolicy.None)
                              .build())
                      .build());
      long pending = subscription.getConsumerInfo().getCalculatedPending();
      List<Published> events = new ArrayList<>();
      while (events.size() < pending) {
        // A fetch waits for the requested number of messages.
        int next = (int) Math.min(BATCH, pending - events.size());
        for (Message message : subscription.fetch(next, PATIENCE)) {
          events.add(Published.of(message));
        }
      }
      return events;
    }
  }

  /** Empties every stream, so that a test sees its own events only. */
  public static void purge(String natsUrl)
      throws IOException, InterruptedException, JetStreamApiException {
    try (Connection connection = Nats.connect(natsUrl)) {
      JetStreamManagement management = connection.jetStreamManagement();
      for (String stream : management.getStreamNames()) {
        management.purgeStream(stream);
      }
    }
  }
}
