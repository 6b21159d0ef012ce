package org.kintell.backfill.ops;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;
import org.kintell.backfill.config.BackfillSettings;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.web.annotation.WebEndpoint;
import org.springframework.boot.actuate.health.HealthEndpoint;
import org.springframework.core.io.ByteArrayResource;
import org.springframework.core.io.Resource;
import org.springframework.stereotype.Component;

/** {@code GET /actuator/support}: facts for an engineer without access to the machine. */
@Component
@WebEndpoint(id = "support")
class SupportEndpoint {

  private final BackfillSettings settings;
  private final DatabaseFacts database;
  private final HealthEndpoint health;
  private final Optional<RecentLog.Lines> log;
  private final ObjectMapper json;

  SupportEndpoint(
      BackfillSettings settings,
      DatabaseFacts database,
      HealthEndpoint health,
      Optional<RecentLog.Lines> log,
      ObjectMapper json) {
    this.settings = settings;
    this.database = database;
    this.health = health;
    this.log = log;
    this.json = json;
  }

  /** A zip without personal data and secrets. */
  @ReadOperation(produces = "application/zip")
  Resource bundle() {
    return new ByteArrayResource(
        new Bundle()
            .addFolders(folders())
            .add("health.json", () -> json.writeValueAsString(health.health()))
            .add("database.txt", () -> database.describe() + "\n" + database.facts())
            .add("database-sessions.txt", database::backends)
            .add("jobs.txt", database::jobs)
            .add("log.txt", () -> log.map(RecentLog.Lines::text).orElse("not kept\n"))
            .add("threads.txt", SupportEndpoint::threads)
            .zip());
  }

  private Path[] folders() {
    return settings.isInFolder()
        ? new Path[] {settings.dataDir(), settings.inboxDir(), settings.errorsDir()}
        : new Path[] {settings.dataDir(), settings.inboxDir()};
  }

  private static String threads() {
    return Arrays.stream(ManagementFactory.getThreadMXBean().dumpAllThreads(true, true))
        .map(ThreadInfo::toString)
        .collect(Collectors.joining());
  }
}
