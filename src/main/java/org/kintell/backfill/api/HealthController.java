package org.kintell.backfill.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import org.kintell.backfill.database.DatabaseMonitor;
import org.kintell.backfill.event.NatsLink;
import org.kintell.backfill.folder.DiskRoom;
import org.kintell.backfill.http.security.AccessSettings;
import org.kintell.backfill.store.StoreHealth;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** Answers whether the service can do its work. */
@RestController
class HealthController {

  private final AccessSettings access;
  private final DatabaseMonitor database;
  private final DiskRoom disks;
  private final NatsLink nats;
  private final Optional<StoreHealth> store;

  HealthController(
      AccessSettings access,
      DatabaseMonitor database,
      DiskRoom disks,
      NatsLink nats,
      Optional<StoreHealth> store) {
    this.access = access;
    this.store = store;
    this.disks = disks;
    this.database = database;
    this.nats = nats;
  }

  /**
   * @param status {@code ok} or {@code degraded}
   * @param database the database's fault, or {@code ok}
   * @param store the fault of the object store, or {@code ok}; absent where files are in a folder.
   *     During an outage the service is healthy, and chunks wait
   * @param disk the full one of the folders, or {@code ok}; requests that need no space work
   * @param nats the state of NATS, or {@code ok}; during an outage the service is healthy and
   *     events wait
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record Report(
      String status,
      String service,
      String timestamp,
      String database,
      String store,
      String disk,
      String nats) {}

  /** Strangers, who may ask where health is open, learn no address and no server's own words. */
  @GetMapping("/health")
  ResponseEntity<Report> health(HttpServletRequest request) {
    boolean isKnown = !access.isRequired() || request.getUserPrincipal() != null;
    String answer = database.ask();
    boolean ok = answer.equals(DatabaseMonitor.OK);
    return ResponseEntity.status(ok ? HttpStatus.OK : HttpStatus.SERVICE_UNAVAILABLE)
        .body(
            new Report(
                ok ? "ok" : "degraded",
                "kintell-connector",
                Instant.now().truncatedTo(ChronoUnit.MILLIS).toString(),
                answer,
                store.map(health -> health.describe(isKnown)).orElse(null),
                disks.describe(),
                nats.describe(isKnown)));
  }
}
