package org.kintell.backfill.console;

import java.io.IOException;
import org.kintell.backfill.config.BackfillSettings;
import org.kintell.backfill.config.LimitSettings;
import org.kintell.backfill.config.Version;
import org.kintell.backfill.database.DatabaseSettings;
import org.kintell.backfill.http.HtmlPreference;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RestController;

/** Answers {@code GET /}: the console to browsers, and where everything is to programs. */
@RestController
class StartPage {

  private static final MediaType HTML = MediaType.parseMediaType("text/html;charset=UTF-8");

  private final byte[] page;
  private final Service service;

  StartPage(
      ConsoleFiles files, DatabaseSettings database, BackfillSettings settings, LimitSettings most)
      throws IOException {
    page = files.page();
    Links links =
        new Links(
            "/",
            "/import/backfill",
            "/openapi.json",
            "/health",
            "/templates/kintell_sessions_template.csv",
            "/cli/kintell",
            database.isNamed() ? null : "/api/users");
    Limits limits =
        new Limits(
            settings.maxUpload().toBytes(),
            most.maxWaitingJobs(),
            settings.clusterLoaders(),
            settings.retentionDays());
    service = new Service("kintell-connector", Version.read().number(), links, limits);
  }

  /** What serves here, the addresses from which to go on, and the settings that limit imports. */
  record Service(String service, String version, Links links, Limits limits) {}

  /**
   * @param uploadBytes largest upload as sent
   * @param waitingJobs jobs that wait for their turn
   * @param loaders chunks that all processes load at the same time
   * @param retentionDays how long files and rejects of finished jobs are kept; 0 for no limit
   */
  record Limits(long uploadBytes, int waitingJobs, int loaders, int retentionDays) {}

  /**
   * Addresses of the service.
   *
   * @param users creates users, on a bare machine; absent where a database was named, whose users
   *     are created elsewhere
   */
  record Links(
      String console,
      String jobs,
      String openapi,
      String health,
      String template,
      String cli,
      String users) {}

  @GetMapping("/")
  ResponseEntity<Object> start(@RequestHeader HttpHeaders headers) {
    boolean asPage = HtmlPreference.isIn(headers);
    return ResponseEntity.ok()
        .header(HttpHeaders.VARY, HttpHeaders.ACCEPT)
        .contentType(asPage ? HTML : MediaType.APPLICATION_JSON)
        .body(asPage ? page : service);
  }
}
