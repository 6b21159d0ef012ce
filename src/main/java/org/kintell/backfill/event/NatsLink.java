package org.kintell.backfill.event;

import io.nats.client.Connection;
import io.nats.client.ConnectionListener;
import io.nats.client.Consumer;
import io.nats.client.ErrorListener;
import io.nats.client.Nats;
import io.nats.client.Options;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.camel.CamelContext;
import org.kintell.backfill.config.SettingsChecked;
import org.kintell.backfill.devservices.EmbeddedNats;
import org.kintell.backfill.folder.DataFolder;
import org.kintell.backfill.log.Outage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.context.annotation.DependsOn;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

/**
 * The one connection to NATS. It is made in the background and made again without end, because NATS
 * being away is a normal state: events wait in the database.
 */
@Component
@DependsOn(SettingsChecked.NAME)
public class NatsLink implements ConnectionListener, ErrorListener, DisposableBean {

  /** The name under which routes find the connection, once there is one. */
  static final String CONNECTION = "natsConnection";

  private static final Logger LOG = LoggerFactory.getLogger(NatsLink.class);
  private static final Duration RECONNECT_WAIT = Duration.ofSeconds(1);
  private static final Duration FLUSH_PATIENCE = Duration.ofSeconds(5);
  private static final int NOTICE_MILLIS = 500;

  /** Longer than between two attempts at the same chunk. */
  private static final Duration CALM = Duration.ofSeconds(3);

  private static final Duration RECONNECT_PAUSE = Duration.ofSeconds(10);

  private final CamelContext camel;
  private final Optional<EmbeddedNats> embedded;
  private final AtomicReference<Connection> connection = new AtomicReference<>();
  private final boolean wanted;
  private final String address;
  private volatile boolean away;
  private volatile long published = System.nanoTime();
  private long reconnected = System.nanoTime() - RECONNECT_PAUSE.toNanos();
  private final Outage publishing =
      new Outage(
          "Events cannot be published",
          "They wait in the database, and none is lost",
          "Events are published again",
          CALM);

  /** The connection is to be closed soon, so it is no news that it is lost. */
  private volatile boolean closing;

  NatsLink(EventSettings settings, DataFolder data, CamelContext camel)
      throws IOException, InterruptedException {
    this.camel = camel;
    this.wanted = !settings.isWithoutNats();
    if (!wanted) {
      this.embedded = Optional.empty();
      this.address = describe();
      LOG.info("No NATS on purpose (NATS_URL=none): events wait in the database");
      return;
    }
    this.embedded =
        settings.natsUrl().isPresent() ? Optional.empty() : EmbeddedNats.start(data.path());
    String url = embedded.map(EmbeddedNats::url).orElse(settings.natsUrl().value());
    this.address =
        embedded.map(server -> server.url() + " (embedded)").orElseGet(settings::natsAddress);
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
    Nats.connectAsynchronously(builder.build(), true);
  }

  /**
   * Reconnects a connection whose server answers no request: after a server came back, the client
   * may be connected again and yet have lost its subscription to the answers. The connection stays
   * the same object, which the routes' endpoints hold.
   */
  synchronized void reconnect(Connection silent) throws IOException, InterruptedException {
    // Several routes meet this at once, and each would break off what another one just made.
    if (System.nanoTime() - reconnected > RECONNECT_PAUSE.toNanos()) {
      LOG.debug("NATS does not answer; connecting anew");
      silent.forceReconnect();
      reconnected = System.nanoTime();
    }
  }

  /**
   * Something could not be published. While NATS is away that is no news; so it is looked a moment
   * later whether it is.
   */
  void failed(String reason) {
    long failedAt = System.nanoTime();
    CompletableFuture.delayedExecutor(NOTICE_MILLIS, TimeUnit.MILLISECONDS)
        .execute(
            () -> {
              if (isConnected() && !closing && published - failedAt < 0) {
                publishing.fails(reason);
              }
            });
  }

  /** The server, or its stream, has taken something. */
  void published() {
    published = System.nanoTime();
    publishing.works();
  }

  /** The connection while it is connected. */
  Optional<Connection> connection() {
    return Optional.ofNullable(connection.get())
        .filter(current -> current.getStatus() == Connection.Status.CONNECTED);
  }

  /** For routes: whether something can be sent now. */
  public boolean isConnected() {
    return connection().isPresent();
  }

  /** Whether there is to be a server at all. */
  public boolean isWanted() {
    return wanted;
  }

  /** What is wrong with it, for people; {@code ok} when nothing is. */
  public String describe() {
    if (!wanted) {
      return "none on purpose (NATS_URL=none); events wait in the database";
    }
    if (!isConnected()) {
      return "away; events wait in the database";
    }
    String reason = publishing.reason();
    return reason == null
        ? "ok"
        : "connected, but events cannot be published (%s); they wait in the database"
            .formatted(reason);
  }

  /** Where it is, without secrets, for people. */
  public String address() {
    return address;
  }

  /** Returns when the server has taken all that was sent before. */
  public void flush() throws IOException {
    Connection current = connection().orElseThrow(() -> new IOException("NATS is away"));
    try {
      current.flush(FLUSH_PATIENCE);
      published();
    } catch (TimeoutException e) {
      throw new IOException("NATS does not answer", e);
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
        away = false;
        LOG.info("NATS connected: {}", source.getServerInfo().getServerName());
      }
      case DISCONNECTED, CLOSED -> {
        if (!away) {
          away = true;
          CompletableFuture.delayedExecutor(NOTICE_MILLIS, TimeUnit.MILLISECONDS)
              .execute(this::reportAway);
        }
      }
      default -> LOG.debug("NATS: {}", event);
    }
  }

  /** Ctrl-C reaches an embedded server as well, and sooner than this process begins to close. */
  private void reportAway() {
    if (away && !closing) {
      LOG.warn("NATS is away; events wait in the database: {}", address);
    }
  }

  @EventListener(ContextClosedEvent.class)
  void close() {
    closing = true;
  }

  @Override
  public void errorOccurred(Connection source, String error) {
    LOG.warn("NATS error: {}", error);
  }

  @Override
  public void exceptionOccurred(Connection source, Exception e) {
    LOG.debug("NATS exception", e);
  }

  @Override
  public void slowConsumerDetected(Connection source, Consumer consumer) {
    LOG.warn("NATS: answers come faster than they are read");
  }

  @Override
  public void destroy() throws IOException, InterruptedException {
    closing = true;
    Connection current = connection.getAndSet(null);
    if (current != null) {
      current.close();
    }
    if (embedded.isPresent()) {
      embedded.get().stop();
    }
  }
}
