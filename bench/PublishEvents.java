import io.nats.client.Connection;
import io.nats.client.Message;
import io.nats.client.Nats;
import io.nats.client.Subscription;
import io.nats.client.api.StorageType;
import io.nats.client.api.StreamConfiguration;
import io.nats.client.impl.Headers;
import io.nats.client.impl.NatsMessage;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Publishes as many messages as a number says, as large as the service's events and each with an id of
 * its own, in two threads, and waits for every acknowledgement: what the broker and its client need when
 * nothing else is done. Prints the seconds, and the client's processor seconds.
 *
 * <pre>java -cp jnats.jar PublishEvents.java nats://127.0.0.1:4222 1000000</pre>
 */
final class PublishEvents {

  private static final String SUBJECT = "kintell.session.completed";
  private static final int THREADS = 2;
  private static final int WINDOW = 1000;
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private static final byte[] EVENT =
      """
      {"type":"kintell.session.completed","data":{"sessionId":"0193a1b2-0000-7000-8000-000000000001",\
      "externalSessionId":"S-0000001","sessionType":"mentorship",\
      "participantId":"0193a1b2-0000-7000-8000-000000000002",\
      "volunteerId":"0193a1b2-0000-7000-8000-000000000003","scheduledAt":"2024-01-15T10:00:00Z",\
      "completedAt":"2024-01-15T11:00:00Z","durationMinutes":60,"rating":4.5,"languageLevel":"B1"},\
      "metadata":{"id":"0193a1b2-0000-7000-8000-000000000004","version":"v1",\
      "timestamp":"2024-11-15T10:00:00.123456Z","correlationId":"0193a1b2-0000-7000-8000-000000000005"}}"""
          .getBytes(StandardCharsets.UTF_8);

  public static void main(String[] arguments) throws Exception {
    int messages = Integer.parseInt(arguments[1]);
    try (Connection connection = Nats.connect(arguments[0])) {
      connection
          .jetStreamManagement()
          .addStream(
              StreamConfiguration.builder()
                  .name("LIMIT")
                  .subjects(SUBJECT)
                  .storageType(StorageType.File)
                  .duplicateWindow(Duration.ofMinutes(2))
                  .build());
      long from = System.nanoTime();
      ExecutorService threads = Executors.newFixedThreadPool(THREADS);
      List<Future<Void>> shares = new ArrayList<>();
      for (int thread = 0; thread < THREADS; thread++) {
        int share = messages / THREADS + (thread < messages % THREADS ? 1 : 0);
        shares.add(threads.submit(publish(connection, share)));
      }
      for (Future<Void> share : shares) {
        share.get();
      }
      threads.shutdown();
      double cpu = ProcessHandle.current().info().totalCpuDuration().orElseThrow().toMillis() / 1e3;
      System.out.printf(Locale.ROOT, "%.3f %.3f%n", (System.nanoTime() - from) / 1e9, cpu);
    }
  }

  private static Callable<Void> publish(Connection connection, int messages) {
    return () -> {
      String inbox = connection.createInbox();
      Subscription answers = connection.subscribe(inbox);
      for (int sent = 0; sent < messages + WINDOW; sent++) {
        if (sent >= WINDOW && sent - WINDOW < messages) {
          await(answers);
        }
        if (sent < messages) {
          connection.publish(
              NatsMessage.builder()
                  .subject(SUBJECT)
                  .replyTo(inbox)
                  .headers(new Headers().put("Nats-Msg-Id", UUID.randomUUID().toString()))
                  .data(EVENT)
                  .build());
        }
      }
      answers.unsubscribe();
      return null;
    };
  }

  private static void await(Subscription answers) throws InterruptedException {
    Message answer = answers.nextMessage(PATIENCE);
    if (answer == null || !new String(answer.getData(), StandardCharsets.UTF_8).startsWith("{\"stream\":")) {
      throw new IllegalStateException("no acknowledgement");
    }
  }
}
