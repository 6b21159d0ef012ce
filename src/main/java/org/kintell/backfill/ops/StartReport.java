package org.kintell.backfill.ops;

import java.net.InetAddress;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.kintell.backfill.config.BackfillSettings;
import org.kintell.backfill.config.Version;
import org.kintell.backfill.devservices.EmbeddedDatabase;
import org.kintell.backfill.event.NatsLink;
import org.kintell.backfill.http.security.AccessSettings;
import org.kintell.backfill.load.write.UserKeys;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.event.EventListener;
import org.springframework.core.env.Environment;
import org.springframework.stereotype.Component;

/** Logs version, database, folders, NATS, address and access in one block. */
@Component
class StartReport {

  private static final Logger LOG = LoggerFactory.getLogger(StartReport.class);

  private final BackfillSettings settings;
  private final AccessSettings access;
  private final DatabaseFacts database;
  private final ObjectProvider<EmbeddedDatabase> embedded;
  private final UserKeys keys;
  private final NatsLink nats;
  private final Environment environment;

  StartReport(
      BackfillSettings settings,
      AccessSettings access,
      DatabaseFacts database,
      ObjectProvider<EmbeddedDatabase> embedded,
      UserKeys keys,
      NatsLink nats,
      Environment environment) {
    this.settings = settings;
    this.access = access;
    this.database = database;
    this.embedded = embedded;
    this.keys = keys;
    this.nats = nats;
    this.environment = environment;
  }

  @EventListener(ApplicationReadyEvent.class)
  void log() {
    LOG.info(
        """
        kintell-connector {}, process {}
          database  {}{}
          users     {}
          folders   data {}, inbox {}{}
          NATS      {}
          listens   {}
          access    {}
          console   {}""",
        Version.read(),
        ProcessHandle.current().pid(),
        database.describe(),
        embedded.getIfAvailable() == null ? "" : " (embedded)",
        users(),
        shown(settings.dataDir()),
        shown(settings.inboxDir()),
        settings.isInFolder()
            ? ", errors " + shown(settings.errorsDir())
            : "; uploads and error files in " + settings.store(),
        nats.address(),
        listens(),
        access(),
        console());
  }

  /** Last, so that a person who has just started the service sees it. */
  private String console() {
    InetAddress address = address();
    boolean encrypted =
        Stream.of("key-store", "certificate", "bundle")
            .anyMatch(way -> environment.containsProperty("server.ssl." + way));
    return "%s://%s:%s/"
        .formatted(
            encrypted ? "https" : "http",
            address.isLoopbackAddress() || address.isAnyLocalAddress()
                ? "localhost"
                : address.getHostAddress(),
            environment.getProperty("local.server.port", ""));
  }

  private InetAddress address() {
    return environment.getProperty(
        "server.address", InetAddress.class, InetAddress.getLoopbackAddress());
  }

  /** The way in which users are checked, and the reason. */
  private String users() {
    return switch (keys.current()) {
      case CHUNK -> "locked once per chunk";
      case ROW -> "checked by foreign keys row by row: " + keys.obstacle();
      case NONE -> "looked up again for each chunk: kintell_sessions has no foreign keys to users";
    };
  }

  private static Path shown(Path folder) {
    return folder.toAbsolutePath().normalize();
  }

  private String listens() {
    InetAddress address = address();
    return "%s:%s, for callers %s"
        .formatted(
            address.getHostAddress(),
            environment.getProperty("local.server.port", ""),
            address.isLoopbackAddress() ? "on this machine only" : "on the network");
  }

  private String access() {
    if (access.isRequired()) {
      return "callers need %s".formatted(access.describe());
    }
    return "no keys: every caller that reaches it is an administrator";
  }
}
