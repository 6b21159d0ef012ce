package org.kintell.backfill.console;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.hash.Hashing;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.kintell.backfill.testsupport.BackfillClient;
import org.kintell.backfill.testsupport.Database;
import org.kintell.backfill.testsupport.RawHttp;
import org.kintell.backfill.testsupport.RealParts;
import org.kintell.backfill.testsupport.ServiceProcess;
import org.kintell.backfill.testsupport.SessionFiles;

/** What the console's cookie opens, and for whom; each request is written by hand. */
class SignInIT {

  private static final String ADMIN = "a key that an administrator was given";
  private static final String METRICS = "a key that a scraper was given";
  private static final String OWN = "Sec-Fetch-Site: same-origin\nSec-Fetch-Mode: cors";

  private static Database database;
  private static ServiceProcess service;

  @BeforeAll
  static void start() {
    database = RealParts.newDatabase();
    service =
        ServiceProcess.on(database)
            .with("SERVER_ADDRESS", "0.0.0.0")
            .with("BACKFILL_FAILED_TRIES", "5")
            .with("BACKFILL_TRUSTED_PROXIES", "127.0.7.1")
            .with(
                "BACKFILL_API_KEYS",
                entry("me", "admin", ADMIN) + "," + entry("scraper", "metrics", METRICS))
            .start();
  }

  @AfterAll
  static void stop() {
    service.close();
    database.close();
  }

  /** The entry of a key in the settings. */
  static String entry(String name, String role, String key) {
    String hash = Hashing.sha256().hashString(key, StandardCharsets.UTF_8).toString();
    return name + ":" + role + ":{sha256}" + hash;
  }

  private static String signIn(String from, String key, String headers) {
    String body = "{\"key\":\"" + key + "\"}";
    String head =
        "POST /console/session HTTP/1.1\nContent-Type: application/json\nContent-Length: "
            + body.length()
            + "\n"
            + OWN
            + headers;
    return RawHttp.send(from, service.port(), head, body);
  }

  private static String cookie(String answer) {
    Matcher cookie = Pattern.compile("(?m)^Set-Cookie: ([^;]+)").matcher(answer);
    assertThat(cookie.find()).as(answer).isTrue();
    return cookie.group(1);
  }

  private static String get(String path, String headers) {
    return RawHttp.send(service.port(), "GET " + path + " HTTP/1.1\n" + headers);
  }

  @Test
  void aKeyBecomesACookieThatScriptsCannotReadAndOtherSitesCannotUse() throws IOException {
    String answer = signIn("127.0.0.1", ADMIN, "");
    assertThat(RawHttp.status(answer)).as(answer).isEqualTo(200);
    assertThat(answer)
        .contains("\"name\":\"me\"", "\"role\":\"admin\"", "\"until\":\"")
        .containsPattern(
            "Set-Cookie: kintell_session=[^;]+; Path=/; Max-Age=(28800|28799|28798);"
                + " Expires=[^;]+; HttpOnly; SameSite=Strict")
        .doesNotContain(ADMIN);
    String cookie = "Cookie: " + cookie(answer) + "\n";

    assertThat(get("/whoami", cookie + OWN)).contains("\"name\":\"me\"", "\"until\"");
    assertThat(RawHttp.status(get("/import/backfill", cookie + OWN))).isEqualTo(200);
    String link = "Sec-Fetch-Site: none\nSec-Fetch-Mode: navigate";
    assertThat(RawHttp.status(get("/import/backfill", cookie + link))).isEqualTo(200);
    String origin = "Origin: http://localhost:" + service.port();
    assertThat(RawHttp.status(get("/import/backfill", cookie + origin))).isEqualTo(200);
    Path secret = service.folder().resolve("data/console.secret");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(secret)))
        .isEqualTo("rw-------");
    assertThat(Files.readString(service.log()))
        .contains("Signed in to the console: me from 127.0.0.1")
        .doesNotContain(ADMIN, cookie.substring(24, 60));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "X-Nothing: x",
        "Sec-Fetch-Site: none",
        "Sec-Fetch-Site: same-site",
        "Sec-Fetch-Site: cross-site",
        "Sec-Fetch-Site: cross-site\nSec-Fetch-Mode: navigate",
        "Origin: http://localhost:1",
        "Origin: null",
        "Sec-Fetch-Site: same-origin\nHost: kintell.example"
      })
  void theCookieIsNothingInARequestOfAnotherPage(String headers) {
    String cookie = "Cookie: " + cookie(signIn("127.0.0.1", ADMIN, "")) + "\n";
    assertThat(RawHttp.status(get("/import/backfill", cookie + headers))).isIn(401, 403);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/actuator/env",
        "/actuator/health",
        "/actuator/prometheus",
        "/actuator/hawtio",
        "/actuator/jolokia/version"
      })
  void theCookieOpensNeitherTheActuatorNorJolokia(String path) {
    String cookie = "Cookie: " + cookie(signIn("127.0.0.1", ADMIN, "")) + "\n";
    assertThat(RawHttp.status(get(path, cookie + OWN))).isEqualTo(401);
    assertThat(RawHttp.status(get(path, "X-API-Key: " + ADMIN))).isNotEqualTo(401);
  }

  @Test
  void aCookieThatSomebodyMadeOrChangedOpensNothing() {
    String cookie = cookie(signIn("127.0.0.1", ADMIN, ""));
    String[] parts = cookie.split("\\.");
    String unsigned =
        "kintell_session="
            + Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString("{\"alg\":\"none\"}".getBytes(StandardCharsets.UTF_8))
            + "."
            + parts[1]
            + ".";
    for (String forged :
        new String[] {
          cookie.substring(0, cookie.length() - 3) + "AAA",
          parts[0] + "." + parts[1] + "x." + parts[2],
          unsigned,
          "kintell_session=",
          cookie.replace("kintell_session", "__Host-kintell")
        }) {
      assertThat(RawHttp.status(get("/import/backfill", "Cookie: " + forged + "\n" + OWN)))
          .as(forged)
          .isEqualTo(401);
    }
    String value = cookie.substring(cookie.indexOf('=') + 1);
    assertThat(RawHttp.status(get("/import/backfill", "Authorization: Bearer " + value)))
        .isEqualTo(401);
  }

  @Test
  void wrongKeysCountAsFailedTriesAndOpenNoWindow() {
    for (int i = 0; i < 5; i++) {
      String answer = signIn("127.0.5.5", "wrong-" + i, "");
      assertThat(RawHttp.status(answer)).isEqualTo(401);
      assertThat(answer).contains("WWW-Authenticate: Bearer").doesNotContain("Basic", "Set-Cookie");
    }
    assertThat(RawHttp.status(signIn("127.0.5.5", "wrong", ""))).isEqualTo(429);
    assertThat(RawHttp.status(signIn("127.0.5.5", ADMIN, ""))).isEqualTo(200);
    String script = get("/whoami", OWN + "\nSec-Fetch-Dest: empty");
    assertThat(RawHttp.status(script)).isEqualTo(401);
    assertThat(script).doesNotContain("Basic");
  }

  @Test
  void aKeyForMetricsHasNoUseForIt() {
    String answer = signIn("127.0.0.1", METRICS, "");
    assertThat(RawHttp.status(answer)).isEqualTo(403);
    assertThat(answer).contains("forbidden").doesNotContain("Set-Cookie");
  }

  /** A name of another machine: the key came through something that does not encrypt. */
  @Test
  void inClearFromAnotherMachineNobodySignsIn() {
    String clear = signIn("127.0.0.1", ADMIN, "\nHost: kintell.example");
    assertThat(RawHttp.status(clear)).isEqualTo(403);
    assertThat(clear).contains("sign-in-in-clear", "https").doesNotContain("Set-Cookie");

    String proxied = "\nHost: kintell.example\nX-Forwarded-For: 10.1.1.1\nX-Forwarded-Proto: ";
    assertThat(signIn("127.0.7.1", ADMIN, proxied + "http")).contains("sign-in-in-clear");
    String encrypted = signIn("127.0.7.1", ADMIN, proxied + "https");
    assertThat(encrypted)
        .containsPattern(
            "Set-Cookie: __Host-kintell=[^;]+; Path=/; .*; Secure; HttpOnly; SameSite=Strict");
  }

  @Test
  void whoeverAsksForAPageGetsItAndWhoeverAsksForMoreNeedsAKey() {
    String page = get("/", "Accept: text/html,application/xhtml+xml,*/*;q=0.8");
    assertThat(RawHttp.status(page)).isEqualTo(200);
    assertThat(page)
        .contains("Content-Type: text/html")
        .contains("require-trusted-types-for 'script'; trusted-types lit-html")
        .contains("default-src 'none'; script-src 'self'");
    assertThat(RawHttp.status(get("/", "Accept: application/json"))).isEqualTo(401);
    assertThat(RawHttp.status(get("/", "Accept: */*"))).isEqualTo(401);
    String service = get("/", "X-API-Key: " + ADMIN);
    assertThat(service).contains("\"service\":\"kintell-connector\"", "\"version\":\"");

    String file = get("/console/app.js", "Accept: */*");
    assertThat(file).contains("javascript", "Content-Security-Policy: default-src 'none'");
    Matcher tag = Pattern.compile("(?m)^ETag: (.+)$").matcher(file);
    assertThat(tag.find()).isTrue();
    assertThat(RawHttp.status(get("/console/app.js", "If-None-Match: " + tag.group(1).strip())))
        .isEqualTo(304);
    Matcher named = Pattern.compile("\"(console/\\w+/)app\\.js\"").matcher(page);
    assertThat(named.find()).isTrue();
    for (String path : new String[] {"app.js", "style.css", "lit/lit-html.js"}) {
      assertThat(get("/" + named.group(1) + path, "Accept: */*"))
          .as("%s stays the same at its address", path)
          .contains(" 200 ", "Cache-Control: max-age=31536000, public, immutable")
          // Browsers heed these too.
          .doesNotContain("Pragma", "Expires");
    }
    for (String path :
        new String[] {
          "/console/../application.yaml",
          "/console/nothing",
          "/console/0123456789abcdef/app.js",
          "/webjars/lit-html/3.3.1/lit-html.js"
        }) {
      assertThat(RawHttp.status(get(path, "Accept: */*"))).as(path).isIn(400, 401, 404);
    }
  }

  /** A client that watches signs in again, like every other one. */
  @Test
  void aStreamEndsWithTheSession() throws Exception {
    BackfillClient client = service.client().withKey(ADMIN);
    String job = client.start("watched.csv", SessionFiles.good(1)).jobId();
    Instant end = Instant.now().plusSeconds(5).truncatedTo(ChronoUnit.SECONDS);
    String cookie = "kintell_session=" + endingAt(end);
    HttpClient browser = HttpClient.newHttpClient();
    List<CompletableFuture<HttpResponse<String>>> streams =
        Stream.of("/import/backfill/progress", "/import/backfill/" + job + "/progress")
            .map(
                path ->
                    service
                        .client()
                        .request(path)
                        .header("Cookie", cookie)
                        .header("Sec-Fetch-Site", "same-origin")
                        .build())
            .map(request -> browser.sendAsync(request, BodyHandlers.ofString()))
            .toList();

    for (CompletableFuture<HttpResponse<String>> stream : streams) {
      HttpResponse<String> answer = stream.get(60, TimeUnit.SECONDS);
      assertThat(answer.statusCode()).isEqualTo(200);
      assertThat(answer.body()).contains("data:");
    }
    assertThat(Instant.now()).isAfterOrEqualTo(end);
    assertThat(RawHttp.status(get("/whoami", "Cookie: " + cookie + "\n" + OWN))).isEqualTo(401);
  }

  /** A session like one that began with the administrator's key. */
  private static String endingAt(Instant end) throws Exception {
    String given = cookie(signIn("127.0.0.1", ADMIN, ""));
    SignedJWT session = SignedJWT.parse(given.substring(given.indexOf('=') + 1));
    SignedJWT shorter =
        new SignedJWT(
            session.getHeader(),
            new JWTClaimsSet.Builder(session.getJWTClaimsSet())
                .expirationTime(Date.from(end))
                .build());
    byte[] secret = Files.readAllBytes(service.folder().resolve("data/console.secret"));
    shorter.sign(new MACSigner(secret));
    return shorter.serialize();
  }

  @Test
  void sessionsInUseAreCounted() {
    double before = sessionsInUse();
    String cookie = "Cookie: " + cookie(signIn("127.0.0.1", ADMIN, "")) + "\n";
    assertThat(RawHttp.status(get("/whoami", cookie + OWN))).isEqualTo(200);
    assertThat(RawHttp.status(get("/whoami", cookie + OWN))).isEqualTo(200);
    assertThat(sessionsInUse()).isEqualTo(before + 1);
    RawHttp.send(service.port(), "DELETE /console/session HTTP/1.1\n" + cookie + OWN);
    assertThat(sessionsInUse()).isEqualTo(before);
  }

  private static double sessionsInUse() {
    return service
        .client()
        .withKey(METRICS)
        .get("/actuator/prometheus")
        .text()
        .lines()
        .filter(line -> line.startsWith("backfill_console_sessions"))
        .mapToDouble(line -> Double.parseDouble(line.replaceFirst(".* ", "")))
        .sum();
  }

  @Test
  void signingOutRemovesTheCookie() {
    String cookie = "Cookie: " + cookie(signIn("127.0.0.1", ADMIN, "")) + "\n";
    String answer =
        RawHttp.send(service.port(), "DELETE /console/session HTTP/1.1\n" + cookie + OWN);
    assertThat(RawHttp.status(answer)).isEqualTo(204);
    assertThat(answer).contains("Set-Cookie: kintell_session=; Path=/; Max-Age=0");
    String over = RawHttp.send(service.port(), "DELETE /console/session HTTP/1.1\n" + OWN);
    assertThat(RawHttp.status(over)).isEqualTo(204);
  }
}
