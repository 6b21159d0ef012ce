package org.kintell.backfill.http.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.kintell.backfill.testsupport.ProblemAssert.assertProblem;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.kintell.backfill.testsupport.BackfillClient;
import org.kintell.backfill.testsupport.BackfillClient.Answer;
import org.kintell.backfill.testsupport.IntegrationTest;
import org.kintell.backfill.testsupport.RawHttp;
import org.kintell.backfill.testsupport.SessionFiles;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * With its defaults the service serves every local user without a password, but no web pages of
 * other sites in their browsers.
 */
@IntegrationTest
class OpenOnLoopbackIT {

  private static final String UPLOAD =
      """
      POST /import/backfill/start HTTP/1.1
      Content-Type: multipart/form-data; boundary=b
      Content-Length: %d
      %s
      """;

  @Value("${local.server.port}")
  int port;

  @Autowired BackfillClient client;
  @Autowired JdbcClient jdbc;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Origin: https://evil.example",
        "Origin: null",
        "Origin: http://localhost:1",
        "Sec-Fetch-Site: cross-site",
        "Sec-Fetch-Site: same-site",
        "Sec-Fetch-Site: cross-site\nSec-Fetch-Mode: navigate",
        "Host: evil.example",
        "Host: 127.0.0.1.evil.example",
        "Host: localhost.evil.example:3002",
        "Host: 10.0.0.1"
      })
  void aPageOfAnotherSiteCannotUpload(String header) {
    String answer = upload(header);
    assertThat(RawHttp.status(answer)).as(answer).isEqualTo(403);
    assertThat(answer)
        .containsPattern("cross-site|unknown-host")
        .contains("application/problem+json");
    assertThat(jobs()).isZero();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "X-Nothing: x",
        "Host: localhost:3002",
        "Host: 127.0.0.1",
        "Host: [::1]:3002",
        "Host: LOCALHOST",
        "Host: localhost:3002\nOrigin: http://localhost:3002",
        "Sec-Fetch-Site: same-origin",
        "Sec-Fetch-Site: none"
      })
  void aLocalProgramCanUpload(String header) {
    assertThat(RawHttp.status(upload(header))).isEqualTo(201);
  }

  @Test
  void aLinkFromAnotherSiteIsFollowedAndNothingElseIs() {
    String link = "GET /health HTTP/1.1\nSec-Fetch-Site: cross-site\nSec-Fetch-Mode: ";
    assertThat(RawHttp.status(RawHttp.send(port, link + "navigate"))).isEqualTo(200);
    assertThat(RawHttp.status(RawHttp.send(port, link + "no-cors"))).isEqualTo(403);
    String jolokia = link.replace("/health", "/actuator/jolokia/exec/x/y");
    assertThat(RawHttp.status(RawHttp.send(port, jolokia + "navigate"))).isEqualTo(403);
    assertThat(RawHttp.status(RawHttp.send(port, "GET /health HTTP/1.0"))).isEqualTo(200);
  }

  private String upload(String header) {
    String body =
        "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"x.csv\"\r\n\r\n"
            + SessionFiles.HEADER
            + "\r\n--b--\r\n";
    return RawHttp.send("127.0.0.1", port, UPLOAD.formatted(body.length(), header), body);
  }

  private int jobs() {
    return jdbc.sql("SELECT count(*) FROM backfill_jobs").query(Integer.class).single();
  }

  @ParameterizedTest
  @ValueSource(strings = {"/health", "/nowhere", "/import/backfill/x/status", "/actuator/health"})
  void answersTellBrowsersToBeCarefulAndNobodyWhatServes(String path) {
    Answer answer =
        client.send(client.request(path).header("Origin", "https://evil.example").GET());
    assertThat(answer.header("X-Content-Type-Options")).isEqualTo("nosniff");
    assertThat(answer.header("X-Frame-Options")).isEqualTo("DENY");
    assertThat(answer.header("Referrer-Policy")).isEqualTo("no-referrer");
    assertThat(answer.header("Cross-Origin-Resource-Policy")).isEqualTo("same-origin");
    assertThat(answer.header("Cache-Control")).contains("no-store");
    assertThat(answer.response().headers().map().keySet())
        .doesNotContain("server", "x-powered-by", "set-cookie", "www-authenticate")
        .noneMatch(name -> name.startsWith("access-control-"));
    assertThat(answer.text()).doesNotContainIgnoringCase("tomcat");
  }

  @Test
  void aRequestKeepsItsNameOrGetsOne() {
    assertThat(requestId("order-7_a.b")).isEqualTo("order-7_a.b");
    assertThat(requestId("two words")).matches("[0-9a-f-]{36}");
    assertThat(requestId("<script>")).matches("[0-9a-f-]{36}");
    assertThat(requestId("x".repeat(65))).matches("[0-9a-f-]{36}");
    assertThat(client.get("/nowhere").header("X-Request-Id")).matches("[0-9a-f-]{36}");
  }

  private String requestId(String sent) {
    return client
        .send(client.request("/health").header("X-Request-Id", sent).GET())
        .header("X-Request-Id");
  }

  /** Typical mistakes of people and scripts that join addresses. */
  @ParameterizedTest
  @ValueSource(
      strings = {"/health/", "//health", "///health/", "/openapi.json/", "//import/backfill/"})
  void aSlashTooManyAtTheEndsOfAnAddressIsNoOtherAddress(String path) {
    assertThat(client.get(path).status()).isEqualTo(200);
    assertProblem(client.get("/import/backfill/start/"), 405, "method-not-allowed");
    assertProblem(client.get("//actuator/health"), 400, "bad-request");
  }

  /** A missing job id leaves two slashes; the answer is still understandable. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "/import/backfill//status",
        "/import/backfill/a;b/status",
        "/import/backfill/a%25b/status"
      })
  void anAddressThatIsNotWrittenPlainlyIsRefused(String path) {
    assertProblem(client.get(path), 400, "bad-request", "//", "id");
  }

  @ParameterizedTest
  @CsvSource({
    "/login, not-found",
    "/logout, not-found",
    "/import/backfill/a%20b/status, unknown-job",
    "/import/backfill/caf%C3%A9/status, unknown-job"
  })
  void anUnknownAddressIsNotFound(String path, String type) {
    assertProblem(client.get(path), 404, type);
  }

  @Test
  void anyNameOfAParameterDoesNoHarm() {
    for (String name : List.of("%00", "%0d%0aSet-Cookie:x", "%c2%85", "%ff", "Camel.x", "")) {
      assertThat(client.get("/health?" + name + "=x").status()).as(name).isEqualTo(200);
    }
  }

  /**
   * Below the actuator a page of another site gets nothing, with and without the browser's headers.
   */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "Sec-Fetch-Site: cross-site\nSec-Fetch-Mode: navigate",
        "Sec-Fetch-Site: same-site\nSec-Fetch-Mode: navigate",
        "Origin: http://evil.example",
        "Origin: null",
        "Origin: http://localhost:1",
        "Referer: http://evil.example/page",
        "Referer: http://localhost.evil.example/"
      })
  void aPageOfAnotherSiteGetsNothingFromTheActuator(String header) {
    for (String path : List.of("hawtio", "prometheus", "health", "jolokia/version")) {
      String answer = RawHttp.send(port, "GET /actuator/" + path + " HTTP/1.1\n" + header);
      assertThat(RawHttp.status(answer)).as(path).isEqualTo(403);
      assertThat(answer).contains("cross-site").doesNotContainIgnoringCase("access-control-");
    }
    for (String value :
        List.of("Sec-Fetch-Site: none", "Referer: http://localhost:" + port + "/actuator/hawtio")) {
      String own = "GET /actuator/prometheus HTTP/1.1\n" + value;
      assertThat(RawHttp.status(RawHttp.send(port, own))).isEqualTo(200);
    }
  }

  /** A link, an image, or a form without an origin can neither change nor read anything. */
  @Test
  void jolokiaTakesPostsOnlyAndNamesNoOrigin() {
    String get = "GET /actuator/jolokia/%s HTTP/1.1";
    for (String request :
        List.of("read/org.kintell.backfill:type=Settings", "list", "search/*:*")) {
      String answer = RawHttp.send(port, get.formatted(request));
      assertThat(answer).doesNotContain("\"value\"").containsPattern("\"status\":40[35]");
    }
    String own = "Origin: http://localhost:" + port + "\nContent-Type: application/json\n";
    String body = "{\"type\":\"version\"}";
    String post = "POST /actuator/jolokia HTTP/1.1\n" + own + "Content-Length: " + body.length();
    assertThat(RawHttp.send("127.0.0.1", port, post, body))
        .contains("\"status\":200")
        .doesNotContainIgnoringCase("access-control-allow-");
  }
}
