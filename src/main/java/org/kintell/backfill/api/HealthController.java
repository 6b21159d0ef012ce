package org.kintell.backfill.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.kintell.backfill.database.DatabaseMonitor;
import org.kintell.backfill.event.NatsLink;
import org.kintell.backfill.folder.DiskRoom;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** Answers whether the service can do its work. */
@RestController
class HealthController {

  private final DatabaseMonitor database;
  private final DiskRoom disks;
  private final NatsLink nats;

  HealthController(DatabaseMonitor database, DiskRoom disks, NatsLink nats) {
    this.disks = disks;
    this.database = database;
    this.nats = nats;
  }

  /**
   * @param status {@code ok} or {@code degraded}
   * @param database the database's fault, or {@code ok}
   * @param disk the full one of the three folders, or {@code ok}; requests that need no space work
   * @param nats the state of NATS, or {@code ok}; during an outage the service is healthy and
   *     events wait
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record Report(
      String status, String service, String timestamp, String database, String disk, String nats) {}

  @GetMapping("/health")
  ResponseEntity<Report> health() {
    String answer = database.ask();
    boolean ok = answer.equals(DatabaseMonitor.OK);
    return ResponseEntity.status(ok ? HttpStatus.OK : HttpStatus.SERVICE_UNAVAILABLE)
        .body(
            new Report(
                ok ? "ok" : "degraded",
                "kintell-connector",
                Instant.now().truncatedTo(ChronoUnit.MILLIS).toString(),
                answer,
                disks.describe(),
                nats.describe()));
  }
}
