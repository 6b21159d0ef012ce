package org.kintell.backfill.database;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.springframework.boot.web.server.PortInUseException;
import org.springframework.core.env.Environment;

/** Answers 503 until Tomcat, which starts last, listens. It has no data, so it requires no key. */
final class NotReadyServer implements AutoCloseable {

  private static final int THREADS = 4;
  private static final String UP = "{\"status\":\"UP\"}";
  private static final String DOWN = "{\"status\":\"DOWN\"}";
  private static final String HEALTH =
      """
      {"status":"degraded","service":"kintell-connector","timestamp":"%s","database":"%s"}
      """;

  /** Prometheus sees a running process without a database, so the database's alert fires. */
  private static final String METRICS =
      """
      # HELP kintell_database_up 1 while the database answers and takes writes
      # TYPE kintell_database_up gauge
      kintell_database_up 0.0
      # HELP process_start_time_seconds Start time of the process since unix epoch.
      # TYPE process_start_time_seconds gauge
      process_start_time_seconds %s
      """;

  private static final double STARTED = ManagementFactory.getRuntimeMXBean().getStartTime() / 1e3;

  private static final String PROBLEM =
      """
      {"type":"urn:kintell-connector:problem:database-unavailable","title":"Database unavailable","status":503,\
      "detail":"The service waits for its database. Try again in a moment.","error":"Database unavailable"}
      """;

  private final List<HttpServer> servers = new ArrayList<>();
  private final ExecutorService threads =
      Executors.newFixedThreadPool(THREADS, DatabaseMonitor.daemon("not-ready"));

  private volatile String database = SqlStates.UNREACHABLE;

  private NotReadyServer() {}

  /**
   * Listens on the ports of the service and of its actuator.
   *
   * @throws PortInUseException if another process has a port
   */
  static NotReadyServer start(Environment environment) {
    String address = environment.getProperty("server.address", "");
    int port = environment.getProperty("server.port", Integer.class, 0);
    int management = environment.getProperty("management.server.port", Integer.class, port);
    NotReadyServer server = new NotReadyServer();
    server.listen(address, port);
    if (management > 0 && management != port) {
      server.listen(environment.getProperty("management.server.address", address), management);
    }
    return server;
  }

  /** Sets the problem of the database that later answers state. */
  void say(String database) {
    this.database = database;
  }

  private void listen(String address, int port) {
    try {
      HttpServer server = HttpServer.create(new InetSocketAddress(address, port), 0);
      server.setExecutor(threads);
      server.createContext("/", this::answer);
      server.start();
      servers.add(server);
    } catch (BindException e) {
      close();
      throw new PortInUseException(port, e);
    } catch (IOException e) {
      // The service waits without this server.
      close();
    }
  }

  private void answer(HttpExchange exchange) throws IOException {
    switch (exchange.getRequestURI().getPath()) {
      case "/health" ->
          send(
              exchange,
              503,
              "application/json",
              HEALTH.formatted(Instant.now().truncatedTo(ChronoUnit.MILLIS), database).strip());
      case "/actuator/prometheus" ->
          send(
              exchange,
              200,
              "text/plain; version=0.0.4; charset=utf-8",
              METRICS.formatted(STARTED));
      case "/actuator/health/liveness" -> send(exchange, 200, "application/json", UP);
      case "/actuator/health", "/actuator/health/readiness" ->
          send(exchange, 503, "application/json", DOWN);
      default -> send(exchange, 503, "application/problem+json", PROBLEM.strip());
    }
  }

  private static void send(HttpExchange exchange, int status, String type, String body)
      throws IOException {
    try (exchange) {
      byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
      exchange.getResponseHeaders().set("Content-Type", type);
      exchange.getResponseHeaders().set("Cache-Control", "no-store");
      exchange.getResponseHeaders().set("Retry-After", "5");
      boolean headOnly = exchange.getRequestMethod().equals("HEAD");
      exchange.sendResponseHeaders(status, headOnly ? -1 : bytes.length);
      if (!headOnly) {
        exchange.getResponseBody().write(bytes);
      }
    }
  }

  @Override
  public void close() {
    servers.forEach(server -> server.stop(0));
    threads.shutdownNow();
  }
}
