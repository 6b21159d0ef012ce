package org.kintell.backfill.event;

import com.google.common.base.Throwables;
import io.nats.client.Connection;
import io.nats.client.ConnectionListener;
import io.nats.client.Consumer;
import io.nats.client.ErrorListener;
import io.nats.client.Nats;
import io.nats.client.Options;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.kintell.backfill.config.SettingsChecked;
import org.kintell.backfill.devservices.EmbeddedNats;
import org.kintell.backfill.folder.DataFolder;
import org.kintell.backfill.job.run.Activity;
import org.kintell.backfill.job.run.FailureClassifier;
import org.kintell.backfill.job.run.LogThrottle;
import org.kintell.backfill.log.HeapShortage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.context.annotation.DependsOn;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

/** The connection to NATS. It reconnects forever; meanwhile events wait in the database. */
@Component
@DependsOn(SettingsChecked.NAME)
public class NatsLink implements ConnectionListener, ErrorListener, DisposableBean {

  /** Bean name of the connection, bound when it is first established. */
  static final String CONNECTION = "natsConnection";

  private static final Logger LOG = LoggerFactory.getLogger(NatsLink.class);
  private static final String DISABLED =
      "none on purpose (NATS_URL=none); events wait in the database";
  private static final Duration RECONNECT_WAIT = Duration.ofSeconds(1);
  private static final Duration FLUSH_TIMEOUT = Duration.ofSeconds(5);
  private static final Duration RECONNECT_PAUSE = Duration.ofSeconds(10);

  /** Until the next connection, once the client has closed one. */
  private static final Duration CLOSED_PAUSE = Duration.ofSeconds(5);

  private final CamelContext camel;
  private final LogThrottle throttle;
  private final Activity activity;
  private final Optional<EmbeddedNats> embedded;
  private final AtomicReference<Connection> connection = new AtomicReference<>();
  private final boolean wanted;
  private final String address;
  private final NatsHealth health;
  private Options options;
  private long reconnected = System.nanoTime() - RECONNECT_PAUSE.toNanos();
  private volatile boolean closing;

  NatsLink(
      EventSettings settings,
      DataFolder data,
      CamelContext camel,
      LogThrottle throttle,
      Activity activity)
      throws IOException, InterruptedException {
    this.camel = camel;
    this.throttle = throttle;
    this.activity = activity;
    this.wanted = !settings.isWithoutNats();
    this.embedded =
        settings.natsUrl().isPresent() ? Optional.empty() : EmbeddedNats.start(data.path());
    String url = embedded.map(EmbeddedNats::url).orElse(settings.natsUrl().value());
    this.address =
        embedded
            .map(server -> server.url() + " (embedded)")
            .orElseGet(() -> wanted ? settings.natsAddress() : DISABLED);
    this.health = new NatsHealth(address, this::isConnected);
    if (!wanted) {
      LOG.info("NATS is disabled (NATS_URL=none): events wait in the database");
      return;
    }
    if (url.isEmpty()) {
      LOG.info("No NATS: events wait in the database until NATS_URL names a server");
      return;
    }
    Options.Builder builder =
        new Options.Builder()
            .servers(NatsAddresses.parse(url))
            .connectionName("kintell-connector")
            .maxReconnects(-1)
            .reconnectWait(RECONNECT_WAIT)
            .connectionListener(this)
            .errorListener(this);
    embedded.ifPresent(nats -> builder.authHandler(nats.credentials()));
    if (!settings.credentialsFile().isEmpty()) {
      builder.authHandler(Nats.credentials(settings.credentialsFile()));
    }
    options = builder.build();
    Nats.connectAsynchronously(options, true);
  }

  /** The client gives a connection up when its login was refused twice, which need not last. */
  private void connectAgain() {
    try {
      if (!closing) {
        Nats.connectAsynchronously(options, true);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Reconnects when the server does not answer requests: after a restart of the server the client
   * may have lost its subscription to replies.
   */
  synchronized void reconnect(Connection silent) throws IOException, InterruptedException {
    // Several routes fail at once; each would close the connection that another just established.
    if (System.nanoTime() - reconnected > RECONNECT_PAUSE.toNanos()) {
      LOG.debug("NATS does not answer; reconnecting");
      silent.forceReconnect();
      reconnected = System.nanoTime();
    }
  }

  /** Whether the route has to log its failure: one of the database that is not logged yet. */
  public boolean isNews(Exchange exchange) {
    Throwable thrown = exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Throwable.class);
    if (HeapShortage.isReasonFor(thrown)
        || Throwables.getCausalChain(thrown).stream().anyMatch(SQLException.class::isInstance)) {
      return throttle.isNews(exchange);
    }
    health.refuses(FailureClassifier.reason(thrown));
    return false;
  }

  /** The server or its stream has acknowledged a message. */
  void published() {
    health.publishes();
  }

  /** The connection; empty while disconnected. */
  Optional<Connection> connection() {
    return Optional.ofNullable(connection.get())
        .filter(current -> current.getStatus() == Connection.Status.CONNECTED);
  }

  Connection requireConnection() throws IOException {
    return connection().orElseThrow(() -> new IOException("NATS is disconnected"));
  }

  public boolean isConnected() {
    return connection().isPresent();
  }

  /** False when NATS is disabled (NATS_URL=none). */
  public boolean isWanted() {
    return wanted;
  }

  /**
   * The state of the connection, for people; {@code ok} when events are published.
   *
   * @param isKnown whether they may read the server's address and words
   */
  public String describe(boolean isKnown) {
    return wanted ? health.describe(isKnown) : DISABLED;
  }

  /** The server's address without secrets, for people. */
  public String address() {
    return address;
  }

  /** Waits until the server has received everything that was sent. */
  public void flush() throws IOException {
    Connection current = requireConnection();
    try {
      current.flush(FLUSH_TIMEOUT);
      published();
    } catch (TimeoutException e) {
      throw new IOException("NATS did not answer within 5 s", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  @Override
  @Deprecated
  public void connectionEvent(Connection source, Events event) {
    connectionEvent(source, event, System.currentTimeMillis(), "");
  }

  @Override
  public void connectionEvent(Connection source, Events event, Long time, String uriDetails) {
    switch (event) {
      case CONNECTED, RECONNECTED -> {
        connection.set(source);
        camel.getRegistry().bind(CONNECTION, source);
        activity.notice();
        health.connects(source.getServerInfo().getServerName());
      }
      case DISCONNECTED -> health.disconnects();
      case CLOSED -> {
        health.disconnects();
        CompletableFuture.delayedExecutor(CLOSED_PAUSE.toMillis(), TimeUnit.MILLISECONDS)
            .execute(this::connectAgain);
      }
      default -> LOG.debug("NATS: {}", event);
    }
  }

  @EventListener(ContextClosedEvent.class)
  void close() {
    closing = true;
    health.close();
  }

  @Override
  public void errorOccurred(Connection source, String error) {
    health.errs(error);
  }

  @Override
  public void exceptionOccurred(Connection source, Exception e) {
    LOG.debug("NATS exception", e);
    health.isUnreachable(e);
  }

  @Override
  public void slowConsumerDetected(Connection source, Consumer consumer) {
    LOG.warn("NATS slow consumer: acknowledgements arrive faster than they are read");
  }

  @Override
  public void destroy() throws IOException, InterruptedException {
    close();
    Connection current = connection.getAndSet(null);
    if (current != null) {
      current.close();
    }
    if (embedded.isPresent()) {
      embedded.get().stop();
    }
  }
}
