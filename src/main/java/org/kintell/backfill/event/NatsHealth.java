package org.kintell.backfill.event;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.kintell.backfill.log.ConnectFailure;
import org.kintell.backfill.log.Outage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Knows whether NATS is connected and takes events, and logs when it is away or refuses them. */
final class NatsHealth {

  private static final Logger LOG = LoggerFactory.getLogger(NatsHealth.class);

  /** A connection that is back by then is no outage. */
  private static final Duration LOG_DELAY = Duration.ofMillis(500);

  /** Longer than the delay between two attempts to publish a chunk. */
  private static final Duration CALM = Duration.ofSeconds(3);

  private final String address;
  private final BooleanSupplier connected;
  private final Outage away =
      new Outage(
          "NATS is away",
          "Events wait in the database, and none is lost",
          "NATS is back",
          Duration.ZERO);
  private final Outage publishing =
      new Outage(
          "Events cannot be published",
          "They wait in the database, and none is lost",
          "Events are published again",
          CALM);
  private volatile long published = System.nanoTime();
  private volatile boolean closing;

  /**
   * Why the last attempt to connect failed, without the address; null if it did not, or unknown.
   */
  private volatile String unreachable;

  /**
   * @param address of the server, without secrets
   * @param connected whether there is a connection at the moment
   */
  NatsHealth(String address, BooleanSupplier connected) {
    this.address = address;
    this.connected = connected;
  }

  /** Notes that a connection to a server of this name is established. */
  void connects(String server) {
    unreachable = null;
    if (away.isOn()) {
      away.works();
    } else {
      LOG.info("NATS connected: {}", server);
    }
  }

  /** Notes that the connection is lost. */
  void disconnects() {
    later(
        () -> {
          if (!connected.getAsBoolean()) {
            away.fails("no connection to " + address);
          }
        });
  }

  /** Notes an error that the server names. */
  void errs(String error) {
    if (connected.getAsBoolean()) {
      LOG.warn("NATS error: {}", error);
    } else if (!closing) {
      unreachable = null;
      away.fails("refused", "%s refuses the connection: %s".formatted(address, error));
    }
  }

  /** Notes why an attempt to connect failed. */
  void isUnreachable(Exception failure) {
    ConnectFailure.describe(failure)
        .filter(reason -> !reason.equals(ConnectFailure.CUT_OFF))
        .ifPresent(reason -> unreachable = reason);
  }

  /** Notes that events cannot be published; not logged if NATS turns out to be disconnected. */
  void refuses(String reason) {
    long failedAt = System.nanoTime();
    later(
        () -> {
          if (connected.getAsBoolean() && published - failedAt < 0) {
            publishing.fails(reason);
          }
        });
  }

  /** Notes that the server or its stream has acknowledged a message. */
  void publishes() {
    published = System.nanoTime();
    publishing.works();
  }

  private void later(Runnable action) {
    CompletableFuture.delayedExecutor(LOG_DELAY.toMillis(), TimeUnit.MILLISECONDS)
        .execute(
            () -> {
              if (!closing) {
                action.run();
              }
            });
  }

  /** Logs no outage from now on: Ctrl-C also stops an embedded server. */
  void close() {
    closing = true;
  }

  /**
   * The state, for people; {@code ok} when events are published.
   *
   * @param isKnown whether they may read the server's address and words
   */
  String describe(boolean isKnown) {
    if (!connected.getAsBoolean()) {
      String why = isKnown ? reason() : unreachable;
      return "away; events wait in the database" + (why == null ? "" : " (" + why + ")");
    }
    String reason = publishing.reason();
    return reason == null
        ? "ok"
        : "connected, but events cannot be published%s; they wait in the database"
            .formatted(isKnown ? " (" + reason + ")" : "");
  }

  private String reason() {
    return unreachable == null
        ? away.reason()
        : "no connection to %s: %s".formatted(address, unreachable);
  }
}
