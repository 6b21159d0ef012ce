package org.kintell.backfill.devservices;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import org.apache.catalina.Service;
import org.apache.catalina.connector.Connector;
import org.kintell.backfill.config.BackfillSettings;
import org.kintell.backfill.database.DatabaseSettings;
import org.kintell.backfill.http.WatchedConnections;
import org.kintell.backfill.http.WatchedProtocol;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.web.embedded.tomcat.TomcatWebServer;
import org.springframework.boot.web.servlet.context.ServletWebServerInitializedEvent;
import org.springframework.context.event.EventListener;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * The port of the {@link UsersStandIn}, on the loopback interface, where operators expect the User
 * Management API. The port serves nothing else. The service's own port creates users too, for the
 * console, whose page may use no other port. Both are closed if a database is named, because that
 * has its own users.
 */
@Component
@Order(Ordered.HIGHEST_PRECEDENCE)
class UsersStandInPort extends OncePerRequestFilter {

  private static final Logger LOG = LoggerFactory.getLogger(UsersStandInPort.class);
  static final String PATH = "/api/users";

  /** One thread: a developer creates users one after the other. */
  private static final int THREADS = 8;

  private static final int MOST_CONNECTIONS = 64;
  private static final Duration MOST_SILENCE = Duration.ofSeconds(5);

  private final boolean bareMachine;
  private final int wanted;
  private final WatchedConnections connections;
  private volatile int port = -1;

  UsersStandInPort(
      DatabaseSettings database, BackfillSettings settings, WatchedConnections connections) {
    this.bareMachine = !database.isNamed();
    this.wanted = settings.usersPort();
    this.connections = connections;
  }

  /** Opens before any route starts, so that a healthy service always has this port open. */
  @EventListener
  void open(ServletWebServerInitializedEvent started) {
    // The event also comes from a separate management server.
    boolean main = started.getApplicationContext().getServerNamespace() == null;
    if (!bareMachine || !main || !(started.getWebServer() instanceof TomcatWebServer server)) {
      return;
    }
    Connector connector = new Connector(WatchedProtocol.class.getName());
    connections.watch(connector, THREADS, MOST_CONNECTIONS);
    connector.setProperty("maxThreads", Integer.toString(THREADS));
    connector.setProperty("connectionTimeout", Long.toString(MOST_SILENCE.toMillis()));
    connector.setPort(wanted);
    connector.setThrowOnFailure(true);
    connector.setProperty("address", InetAddress.getLoopbackAddress().getHostAddress());
    Service service = server.getTomcat().getService();
    try {
      service.addConnector(connector);
    } catch (IllegalArgumentException e) {
      service.removeConnector(connector);
      LOG.warn(
          "Development stand-in for the User Management API not started: port {} is in use. Set"
              + " BACKFILL_USERS_PORT to another one",
          wanted);
      return;
    }
    port = connector.getLocalPort();
    LOG.info(
        "Development stand-in for the User Management API runs: POST http://localhost:{}{}",
        port,
        PATH);
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    boolean here = request.getLocalPort() == port;
    boolean users = request.getRequestURI().equals(PATH);
    if (here ? users : bareMachine || !users) {
      chain.doFilter(request, response);
    } else {
      response.sendError(HttpServletResponse.SC_NOT_FOUND);
    }
  }
}
