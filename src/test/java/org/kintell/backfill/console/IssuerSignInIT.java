package org.kintell.backfill.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.nimbusds.jwt.JWTClaimsSet;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionService;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.kintell.backfill.testsupport.ConsolePage;
import org.kintell.backfill.testsupport.Database;
import org.kintell.backfill.testsupport.Issuer;
import org.kintell.backfill.testsupport.RawHttp;
import org.kintell.backfill.testsupport.RealParts;
import org.kintell.backfill.testsupport.ServiceProcess;

/** Signing in to the console at an OpenID Connect issuer, in a browser and by hand. */
class IssuerSignInIT {

  private static final String KEY = "a key that an administrator was given";
  private static final String START = "/console/sign-in/oidc";
  private static final String CALLBACK = START + "/callback";
  private static final String OWN = "Sec-Fetch-Site: same-origin\nSec-Fetch-Mode: cors\n";

  /** As a browser sends it for a link of the issuer's page. */
  private static final String FROM_ISSUER =
      "Sec-Fetch-Site: cross-site\nSec-Fetch-Mode: navigate\nSec-Fetch-Dest: document\n";

  private static final String PROXIED =
      "Host: kintell.example\nX-Forwarded-For: 10.1.1.1\nX-Forwarded-Proto: ";

  private static final int PEOPLE = 40;
  private static final int MOST_THAT_WAIT = 16;

  private static Database database;
  private static Issuer issuer;
  private static ServiceProcess service;
  private static ConsolePage page;

  @BeforeAll
  static void start() throws Exception {
    database = RealParts.newDatabase();
    issuer =
        new Issuer()
            .with("ann", "operator", "somebody")
            .with("bob", "somebody")
            .with("scraper", "metrics");
    service =
        ServiceProcess.on(database)
            .with("BACKFILL_API_KEYS", SignInIT.entry("me", "admin", KEY))
            .with("BACKFILL_TRUSTED_PROXIES", "127.0.7.1")
            .with("BACKFILL_OIDC_ISSUER", issuer.url())
            .with("BACKFILL_OIDC_AUDIENCE", Issuer.AUDIENCE)
            .with("BACKFILL_OIDC_CLIENT_ID", Issuer.CLIENT);
    Files.writeString(service.folder().resolve("client"), Issuer.SECRET + "\n");
    service.with("BACKFILL_OIDC_CLIENT_SECRET_FILE", service.folder().resolve("client").toString());
    issuer
        .sendsTo("http://localhost:" + service.port() + CALLBACK)
        .sendsTo("https://kintell.example" + CALLBACK);
    // The start needs no issuer.
    issuer.close();
    service.start();
    issuer.comeBack();
    // Another site than the issuer's, which is 127.0.0.1.
    page = ConsolePage.open("http://localhost:" + service.port() + "/");
  }

  @AfterAll
  static void stop() {
    if (page != null) {
      page.close();
    }
    service.close();
    issuer.close();
    database.close();
  }

  @AfterEach
  void honest() throws Exception {
    issuer.change(claims -> {});
    issuer.forge(false);
    String log = Files.readString(service.log());
    assertThat(log).doesNotContain(Issuer.SECRET, "\tat ");
    assertThat(issuer.given()).noneMatch(log::contains);
  }

  /** The answer to a request without a body. */
  private static String get(String path, String headers) {
    return RawHttp.send(service.port(), "GET " + path + " HTTP/1.1\n" + headers);
  }

  private static String header(String answer, String pattern) {
    Matcher header = Pattern.compile("(?m)^" + pattern).matcher(answer);
    assertThat(header.find()).as(answer).isTrue();
    return header.group(1);
  }

  private static String location(String answer) {
    assertThat(RawHttp.status(answer)).as(answer).isEqualTo(302);
    return header(answer, "Location: (\\S+)");
  }

  private static String cookie(String answer, String name) {
    return "Cookie: " + header(answer, "Set-Cookie: (" + name + "=[^;]+)") + "\n";
  }

  /** Follows a redirect to the issuer, is this person there, and returns where that leads. */
  private static URI at(String authorization, String person) throws Exception {
    HttpClient browser = HttpClient.newHttpClient();
    String page =
        browser
            .send(
                HttpRequest.newBuilder(URI.create(authorization)).build(), BodyHandlers.ofString())
            .body();
    Matcher link = Pattern.compile("href='([^']+person=" + person + ")'").matcher(page);
    assertThat(link.find()).as(page).isTrue();
    URI grant = URI.create(issuer.url() + link.group(1));
    String back =
        browser
            .send(HttpRequest.newBuilder(grant).build(), BodyHandlers.discarding())
            .headers()
            .firstValue("Location")
            .orElseThrow();
    return URI.create(back);
  }

  private static String path(URI address) {
    return address.getRawPath() + "?" + address.getRawQuery();
  }

  private static void assertRefused(String answer, String code) {
    assertThat(location(answer)).isEqualTo("/?sign-in=" + code);
    assertThat(answer).doesNotContain("kintell_session=", "__Host-kintell=");
  }

  @Test
  void aPersonSignsInAtTheIssuerAndOutAgain() {
    page.go("#/system");
    page.awaitText("Sign in with 127.0.0.1", "API key", "no key or token");
    page.click("Sign in with 127.0.0.1");
    page.click("bob");
    page.awaitText("You have no role here", "the claim roles", "viewer, operator and admin");
    page.assertAccessible("two ways to sign in, and a refusal");

    page.click("Sign in with 127.0.0.1");
    page.click("ann");
    page.awaitText("ann", "operator", "Sign out");
    assertThat(page.place()).isEqualTo("#/system");
    page.go("#/");
    page.click("Try the sample");
    page.awaitText("None of the 12 rows can be imported");
    assertThat(
            database
                .jdbc()
                .sql("SELECT DISTINCT actor FROM backfill_trail")
                .query(String.class)
                .list())
        .containsExactly("ann");

    String left = page.endSession();
    page.click("Sign in with 127.0.0.1");
    page.toNewTab();
    page.click("ann");
    page.awaitText("Sign out");
    page.closeTab(left);
    page.awaitNoText("Your session is over");
    page.awaitText("None of the 12 rows can be imported");

    page.click("Sign out");
    page.awaitText("Sign in with 127.0.0.1");
    page.assertNothingRefused();
  }

  @Test
  void theSessionIsThatOfAKeyWithTheRoleOfTheToken() throws Exception {
    String begun = get(START + "?redirect_uri=https://evil.example&action=x", "");
    assertThat(begun)
        .containsPattern(
            "Set-Cookie: kintell_sign_in=[^;]+; Path=/; Max-Age=(600|59\\d); Expires=[^;]+;"
                + " HttpOnly; SameSite=Lax");
    Map<String, String> sent = Issuer.parameters(URI.create(location(begun)).getRawQuery());
    assertThat(sent)
        .containsEntry("redirect_uri", "http://localhost:" + service.port() + CALLBACK)
        .containsEntry("code_challenge_method", "S256")
        .containsKeys("state", "nonce", "code_challenge");
    String signIn = cookie(begun, "kintell_sign_in");

    String answer = get(path(at(location(begun), "ann")), FROM_ISSUER + signIn);
    assertThat(location(answer)).isEqualTo("/");
    assertThat(answer)
        .containsPattern(
            "Set-Cookie: kintell_session=[^;]+; Path=/; Max-Age=(28800|28799|28798);"
                + " Expires=[^;]+; HttpOnly; SameSite=Strict")
        .contains("Set-Cookie: kintell_sign_in=; Path=/; Max-Age=0");
    String session = cookie(answer, "kintell_session");
    assertThat(get("/whoami", session + OWN))
        .contains("\"name\":\"ann\"", "\"role\":\"operator\"", "\"until\":\"");
    assertThat(RawHttp.status(get("/import/backfill", session + FROM_ISSUER))).isEqualTo(401);
    assertThat(RawHttp.status(get("/actuator/env", session + OWN))).isEqualTo(401);
    assertThat(Files.readString(service.log()))
        .contains("Signed in to the console: ann from 127.0.0.1");

    // Both cookies are signed with the same secret.
    String asSession = signIn.replace("kintell_sign_in", "kintell_session");
    assertThat(RawHttp.status(get("/whoami", asSession + OWN))).isEqualTo(401);
    String asSignIn = session.replace("kintell_session", "kintell_sign_in");
    assertRefused(get(CALLBACK + "?code=x&state=x", FROM_ISSUER + asSignIn), "refused");
  }

  @ParameterizedTest
  @ValueSource(strings = {"bob", "scraper"})
  void aPersonWithoutARoleForTheConsoleIsRefused(String person) throws Exception {
    String begun = get(START, "");
    String signIn = cookie(begun, "kintell_sign_in");
    assertRefused(get(path(at(location(begun), person)), FROM_ISSUER + signIn), "forbidden");
  }

  @Test
  void aCallbackThatThisBrowserDidNotBeginIsRefused() throws Exception {
    String begun = get(START, "");
    String signIn = FROM_ISSUER + cookie(begun, "kintell_sign_in");
    String back = path(at(location(begun), "ann"));

    assertRefused(get(back, FROM_ISSUER), "refused");
    assertRefused(get(back, FROM_ISSUER + cookie(get(START, ""), "kintell_sign_in")), "refused");
    assertRefused(get(back.replaceFirst("state=...", "state=AAA"), signIn), "refused");
    assertRefused(get(CALLBACK + "?error=access_denied&state=%0AX", signIn), "refused");
    assertRefused(get(CALLBACK, signIn), "refused");

    assertThat(location(get(back, signIn))).isEqualTo("/");
    // The same code again, and another one that belongs to another sign-in.
    assertRefused(get(back, signIn), "refused");
    String stolen =
        Issuer.parameters(at(location(get(START, "")), "ann").getRawQuery()).get("code");
    assertRefused(get(back.replaceFirst("code=[^&]+", "code=" + stolen), signIn), "refused");
    assertThat(Files.readString(service.log()))
        .contains(
            "Sign-in at the issuer failed, somebody from 127.0.0.1: authorization_request_not_found",
            "invalid_state_parameter",
            "access_denied",
            "invalid_grant")
        .doesNotContain("\nX");
  }

  private static Date minutesAgo(int minutes) {
    return Date.from(Instant.now().minus(Duration.ofMinutes(minutes)));
  }

  static Stream<Arguments> changes() {
    return Stream.<Map.Entry<String, Consumer<JWTClaimsSet.Builder>>>of(
            Map.entry("another nonce", it -> it.claim("nonce", "x")),
            Map.entry("no nonce", it -> it.claim("nonce", null)),
            Map.entry("a token for another client", it -> it.audience("another")),
            Map.entry("a token for callers", it -> it.audience(Issuer.AUDIENCE)),
            Map.entry("another issuer", it -> it.issuer("http://127.0.0.1:1")),
            Map.entry("an old token", it -> it.expirationTime(minutesAgo(5))))
        .map(change -> Arguments.of(change.getKey(), change.getValue()));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("changes")
  void aTokenThatIsNotForThisSignInIsRefused(String name, Consumer<JWTClaimsSet.Builder> change)
      throws Exception {
    issuer.change(change);
    String begun = get(START, "");
    String signIn = cookie(begun, "kintell_sign_in");
    assertRefused(get(path(at(location(begun), "ann")), FROM_ISSUER + signIn), "refused");
  }

  @Test
  void aTokenThatTheIssuerDidNotSignIsRefused() throws Exception {
    issuer.forge(true);
    String begun = get(START, "");
    String signIn = cookie(begun, "kintell_sign_in");
    assertRefused(get(path(at(location(begun), "ann")), FROM_ISSUER + signIn), "refused");
  }

  @Test
  void behindAProxyTheIssuerSendsPeopleBackToTheProxy() throws Exception {
    String head = "GET " + START + " HTTP/1.1\n" + PROXIED;
    String begun = RawHttp.send("127.0.7.1", service.port(), head + "https", "");
    assertThat(Issuer.parameters(URI.create(location(begun)).getRawQuery()))
        .containsEntry("redirect_uri", "https://kintell.example" + CALLBACK);
    assertThat(begun).contains("; Secure; HttpOnly; SameSite=Lax");
    String signIn = cookie(begun, "__Host-kintell-sign-in");
    String back = path(at(location(begun), "ann"));
    String answer =
        RawHttp.send(
            "127.0.7.1",
            service.port(),
            "GET " + back + " HTTP/1.1\n" + PROXIED + "https\n" + FROM_ISSUER + signIn,
            "");
    assertThat(location(answer)).isEqualTo("/");
    assertThat(answer).containsPattern("Set-Cookie: __Host-kintell=[^;]+;.*; Secure; HttpOnly");

    String port = head.replace("kintell.example", "kintell.example:8443") + "https";
    assertThat(location(RawHttp.send("127.0.7.1", service.port(), port, "")))
        .contains("redirect_uri=https://kintell.example:8443" + CALLBACK);
    assertRefused(RawHttp.send("127.0.7.1", service.port(), head + "http", ""), "sign-in-in-clear");
  }

  @Test
  void withoutTheIssuerAKeyStillOpensTheConsole() throws Exception {
    String begun = get(START, "");
    String signIn = FROM_ISSUER + cookie(begun, "kintell_sign_in");
    String back = path(at(location(begun), "ann"));
    issuer.close();
    try {
      // What the issuer said is kept until it is found away.
      assertRefused(get(back, signIn), "issuer-unavailable");
      int lines = linesOfIssuerAway();
      for (int i = 0; i < 5; i++) {
        assertRefused(get(START, ""), "issuer-unavailable");
      }
      assertThat(linesOfIssuerAway()).isBetween(1, lines + 1);
      page.click("Sign in with 127.0.0.1");
      page.awaitText("127.0.0.1 cannot be reached", "sign in with a key");
      page.signIn(KEY);
      page.click("Sign out");
      page.awaitText("Sign in with 127.0.0.1");
    } finally {
      issuer.comeBack();
    }
    awaitIssuer();
  }

  private static int linesOfIssuerAway() throws IOException {
    String away = issuer.url() + " cannot be reached";
    return (int) Files.readAllLines(service.log()).stream().filter(it -> it.contains(away)).count();
  }

  /** A failure is kept for some seconds. */
  private static void awaitIssuer() {
    await().untilAsserted(() -> assertThat(location(get(START, ""))).startsWith(issuer.url()));
  }

  @Test
  void theIssuerIsAskedForItsAddressesOnceAMinuteAtMost() {
    awaitIssuer();
    int before = issuer.asked();
    for (int i = 0; i < 5; i++) {
      assertThat(location(get(START, ""))).startsWith(issuer.url());
    }
    // The minute may end meanwhile.
    assertThat(issuer.asked()).isBetween(before, before + 1);
  }

  /** Most of those who ask meanwhile get their answer at once. */
  @Test
  void anIssuerThatDoesNotAnswerOccupiesFewThreads() throws Exception {
    CompletableFuture<Void> end = new CompletableFuture<>();
    ExecutorService people = Executors.newFixedThreadPool(PEOPLE);
    forgetTheIssuer();
    try {
      issuer.hold(end);
      Callable<String> start = () -> get(START, "");
      CompletionService<String> answers = new ExecutorCompletionService<>(people);
      IntStream.range(0, PEOPLE).forEach(i -> answers.submit(start));
      long begun = System.nanoTime();
      for (int i = 0; i < PEOPLE - MOST_THAT_WAIT; i++) {
        assertRefused(answers.take().get(), "issuer-unavailable");
      }
      assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(4));
      assertThat(RawHttp.status(get("/whoami", "X-API-Key: " + KEY))).isEqualTo(200);
      for (int i = 0; i < MOST_THAT_WAIT; i++) {
        assertRefused(answers.take().get(), "issuer-unavailable");
      }
      assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(20));
    } finally {
      end.complete(null);
      people.shutdown();
    }
    awaitIssuer();
  }

  /** The service forgets what the issuer said when it cannot reach it. */
  private static void forgetTheIssuer() throws Exception {
    String begun = get(START, "");
    String signIn = FROM_ISSUER + cookie(begun, "kintell_sign_in");
    String back = path(at(location(begun), "ann"));
    issuer.close();
    try {
      assertRefused(get(back, signIn), "issuer-unavailable");
    } finally {
      issuer.comeBack();
    }
  }

  @Test
  void thePageAsksHowPeopleCanSignIn() {
    assertThat(get("/console/sign-in", OWN))
        .contains("{\"key\":true,\"issuer\":\"127.0.0.1\",\"rolesClaim\":\"roles\"}");
  }
}
