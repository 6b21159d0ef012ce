package org.kintell.backfill.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.common.util.concurrent.Uninterruptibles;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.FilenameFilter;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.kintell.backfill.testsupport.CommandLineProcess;
import org.kintell.backfill.testsupport.CommandLineProcess.Ended;
import org.kintell.backfill.testsupport.CommandLineProcess.Running;
import org.kintell.backfill.testsupport.Database;
import org.kintell.backfill.testsupport.RealParts;
import org.kintell.backfill.testsupport.ServiceProcess;
import org.kintell.backfill.testsupport.SessionFiles;
import org.kintell.backfill.testsupport.TcpProxy;

/** The command line where the service dies, is overloaded, is not itself, or cannot be trusted. */
@Tag("faults")
class CommandLineFaultsIT {

  private static final String NO_JOBS = "{\"jobs\":[]}";

  @TempDir private static Path home;

  private static Database database;
  private static ServiceProcess service;
  private static CommandLineProcess kintell;

  @BeforeAll
  static void start() {
    database = RealParts.newDatabase();
    service = ServiceProcess.on(database).start();
    kintell = new CommandLineProcess(service.port(), home);
    database.sessions().addUsers(SessionFiles.PARTICIPANT, SessionFiles.VOLUNTEER);
  }

  @AfterAll
  static void stop() {
    service.close();
    database.close();
  }

  private static long jobs(String fileName) {
    return database
        .jdbc()
        .sql("SELECT count(*) FROM backfill_jobs WHERE file_name = ?")
        .param(fileName)
        .query(Long.class)
        .single();
  }

  /**
   * Something else that answers: the n-th request by the n-th answer, all others by the last one.
   */
  private static HttpServer answering(HttpServer server, List<String> answers) {
    AtomicInteger count = new AtomicInteger();
    server.createContext(
        "/",
        exchange ->
            answer(exchange, answers.get(Math.min(count.getAndIncrement(), answers.size() - 1))));
    server.start();
    return server;
  }

  private static HttpServer newServer() throws IOException {
    return HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
  }

  private static void answer(HttpExchange exchange, String statusAndBody) throws IOException {
    int status = Integer.parseInt(statusAndBody.substring(0, 3));
    byte[] body = statusAndBody.substring(3).strip().getBytes(StandardCharsets.UTF_8);
    if (status == 429 || status == 503) {
      exchange.getResponseHeaders().set("Retry-After", "1");
    }
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.getResponseHeaders().set("X-Kintell-Version", "9.9.9");
    if (exchange.getRequestMethod().equals("HEAD")) {
      exchange.sendResponseHeaders(status, -1);
    } else {
      exchange.sendResponseHeaders(status, body.length);
      exchange.getResponseBody().write(body);
    }
    exchange.close();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "429 {\"title\":\"Too many jobs wait\"} | Too many jobs wait; trying again",
        "503 {\"title\":\"Database unavailable\"} | Database unavailable; trying again",
        "502 <html>                               | HTTP 502; trying again",
      })
  void aRefusalThatPassesIsWaitedFor(String refusal, String said) throws Exception {
    HttpServer server = answering(newServer(), List.of(refusal, "200 " + NO_JOBS));
    String address = "http://127.0.0.1:" + server.getAddress().getPort();
    Ended ended = kintell.run("list", "--json", "--server", address);
    server.stop(0);
    assertThat(ended.code()).as(ended.toString()).isZero();
    assertThat(ended.out()).isEqualTo(NO_JOBS + "\n");
    assertThat(ended.error()).contains(said, "answers again");
  }

  @Test
  void aBusyServiceIsWaitedForLongerThanOneThatNeverAnswers() throws Exception {
    String job =
        "{\"jobId\":\"%s\",\"fileName\":\"a.csv\",\"status\":\"completed\",\"successfulRows\":1}"
            .formatted(UUID.randomUUID());
    // With pauses of 1, 1, 1, 1.6, 3.2 and 5 seconds.
    List<String> answers = new ArrayList<>(Collections.nCopies(6, "429 {\"title\":\"Busy\"}"));
    answers.add("200 {\"jobs\":[" + job + "]}");
    answers.add("200 " + job);
    HttpServer server = answering(newServer(), answers);
    String address = "http://127.0.0.1:" + server.getAddress().getPort();
    Ended ended = kintell.run("wait", "--server", address);
    server.stop(0);
    assertThat(ended.code()).as(ended.toString()).isZero();
    assertThat(ended.out()).startsWith("a.csv: completed");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "200 <html>Log in</html> | 1",
        "200 [1, 2               | 1",
        "200 null                | 1",
        "301 moved               | 1",
        "503 never               | 5",
      })
  void garbageIsOneLineAndNoTrace(String answer, int code) throws Exception {
    HttpServer server = answering(newServer(), List.of(answer));
    String address = "http://127.0.0.1:" + server.getAddress().getPort();
    Ended ended = kintell.run("list", "--server", address, "--timeout", "1s");
    server.stop(0);
    assertThat(ended.code()).as(ended.toString()).isEqualTo(code);
    assertThat(ended.out()).isEmpty();
    assertThat(ended.error()).contains(address).doesNotContain("Exception", "\tat ");
  }

  @Test
  void anotherVersionOfTheServiceIsAHint() throws Exception {
    HttpServer server =
        answering(newServer(), List.of("200 {\"name\":\"ann\",\"role\":\"viewer\"}"));
    String address = "http://127.0.0.1:" + server.getAddress().getPort();
    Ended ended = kintell.run("whoami", "--server", address);
    server.stop(0);
    assertThat(ended.code()).as(ended.toString()).isZero();
    assertThat(ended.out()).startsWith("ann, role viewer");
    assertThat(ended.error()).contains("another version, 9.9.9", "curl -fo kintell " + address);
  }

  @Test
  void aDownloadThatIsInterruptedLeavesTheOldFileAndNothingElse() throws Exception {
    CountDownLatch over = new CountDownLatch(1);
    HttpServer server = newServer();
    server.createContext(
        "/",
        exchange -> {
          exchange.sendResponseHeaders(200, 0);
          exchange.getResponseBody().write("half".getBytes(StandardCharsets.US_ASCII));
          exchange.getResponseBody().flush();
          Uninterruptibles.awaitUninterruptibly(over);
        });
    server.start();
    String address = "http://127.0.0.1:" + server.getAddress().getPort();
    Path file = Files.writeString(home.resolve("by-hand.csv"), "corrections");
    FilenameFilter incomplete = (folder, name) -> name.startsWith(".kintell-");

    Running running =
        kintell.start(
            "errors", UUID.randomUUID().toString(), "-o", "by-hand.csv", "--server", address);
    await().until(() -> home.toFile().list(incomplete).length == 1);
    running.process().destroy();
    Ended ended = running.end();
    over.countDown();
    server.stop(0);

    assertThat(ended.code()).as(ended.toString()).isEqualTo(130);
    assertThat(file).hasContent("corrections");
    assertThat(home.toFile().list(incomplete)).isEmpty();
  }

  @Test
  void aRetryThatMayHaveArrivedIsNotSentAgain() throws Exception {
    HttpServer server = answering(newServer(), List.of("504 late", "200 {\"jobId\":\"x\"}"));
    String address = "http://127.0.0.1:" + server.getAddress().getPort();
    Ended ended =
        kintell.run("retry", UUID.randomUUID().toString(), "--detach", "--server", address);
    server.stop(0);
    assertThat(ended.code()).as(ended.toString()).isEqualTo(5);
    assertThat(ended.error()).contains("HTTP 504", "may have arrived");
  }

  @Test
  void aSelfSignedCertificateIsTrustedOnlyWhenItIsNamed() throws Exception {
    Path store = home.resolve("tls.p12");
    String keytool = Path.of(System.getProperty("java.home"), "bin", "keytool").toString();
    for (List<String> command :
        List.of(
            List.of(
                keytool,
                "-genkeypair",
                "-alias",
                "a",
                "-keyalg",
                "RSA",
                "-dname",
                "CN=localhost",
                "-ext",
                "SAN=dns:localhost",
                "-keystore",
                store.toString(),
                "-storepass",
                "secret"),
            List.of(
                keytool,
                "-exportcert",
                "-rfc",
                "-alias",
                "a",
                "-keystore",
                store.toString(),
                "-storepass",
                "secret",
                "-file",
                home.resolve("ca.pem").toString()))) {
      assertThat(new ProcessBuilder(command).inheritIO().start().waitFor()).isZero();
    }
    KeyStore keys = KeyStore.getInstance(store.toFile(), "secret".toCharArray());
    KeyManagerFactory managers =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    managers.init(keys, "secret".toCharArray());
    SSLContext tls = SSLContext.getInstance("TLS");
    tls.init(managers.getKeyManagers(), null, null);
    HttpsServer secure =
        HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    secure.setHttpsConfigurator(new HttpsConfigurator(tls));
    answering(secure, List.of("200 " + NO_JOBS));
    String address = "https://localhost:" + secure.getAddress().getPort();

    Ended strange = kintell.run("list", "--server", address);
    Ended trusted = kintell.run("list", "--json", "--server", address, "--ca-file", "ca.pem");
    secure.stop(0);
    assertThat(strange.code()).as(strange.toString()).isEqualTo(5);
    assertThat(strange.error()).contains("--ca-file");
    assertThat(trusted.code()).as(trusted.toString()).isZero();
  }

  @Test
  void aProxyVariableCountsForOtherMachines() throws Exception {
    HttpServer proxy = answering(newServer(), List.of("200 " + NO_JOBS));
    CommandLineProcess behind =
        kintell.with("http_proxy", "http://127.0.0.1:" + proxy.getAddress().getPort());
    Ended far = behind.run("list", "--json", "--server", "http://kintell.invalid");
    Ended excepted =
        behind
            .with("NO_PROXY", "kintell.invalid")
            .run("list", "--server", "http://kintell.invalid", "--timeout", "1s");
    proxy.stop(0);
    assertThat(far.code()).as(far.toString()).isZero();
    assertThat(excepted.code()).as(excepted.toString()).isEqualTo(5);
    assertThat(behind.run("list").code()).as("this machine").isZero();
  }

  @Test
  void aServiceThatDiesWhileSomebodyWatchesIsWaitedFor() throws Exception {
    Files.write(home.resolve("killed.csv"), SessionFiles.withBadRows(20_000, row -> row == 7));
    database.holdUpWhen("NEW.state = 'loaded' AND NEW.chunk_no > 1");
    Running running = kintell.start("import", "killed.csv").await("killed.csv  running");
    service.kill();
    running.await("trying again");
    database.letGo();
    service.start();
    Ended ended = running.end();
    assertThat(ended.code()).as(ended.toString()).isEqualTo(3);
    assertThat(ended.error()).contains("answers again");
    assertThat(ended.out()).containsPattern("imported +19,999");
    assertThat(jobs("killed.csv")).isEqualTo(1);
  }

  @Test
  void anUploadThatIsCutOffIsSentAgainAndOneThatIsInterruptedLeavesNothing() throws Exception {
    StringBuilder content = new StringBuilder(SessionFiles.HEADER);
    for (int row = 1; row <= 100_000; row++) {
      content.append(SessionFiles.row("cut-" + row, "4"));
    }
    Files.writeString(home.resolve("cut.csv"), content.toString());
    try (TcpProxy wire = new TcpProxy(service.port())) {
      wire.holdUp();
      Running running = startImport("cut.csv", wire).await("uploading");
      running.process().destroy();
      Ended interrupted = running.end();
      assertThat(interrupted.code()).as(interrupted.toString()).isEqualTo(130);
      assertThat(interrupted.error()).contains("Nothing was imported yet");
      assertThat(jobs("cut.csv")).isZero();
    }
    try (TcpProxy wire = new TcpProxy(service.port())) {
      wire.holdUpAfter(1_000_000);
      Running again = startImport("cut.csv", wire).await("uploading");
      // Longer than it would try to reach a service that has never answered.
      await().pollDelay(Duration.ofSeconds(11)).atMost(Duration.ofSeconds(20)).until(() -> true);
      wire.cut();
      wire.letPass();
      Ended ended = again.end();
      assertThat(ended.code()).as(ended.toString()).isZero();
      assertThat(ended.error()).contains("trying again");
    }
    assertThat(jobs("cut.csv")).isEqualTo(1);
  }

  private static Running startImport(String file, TcpProxy wire) {
    return kintell.start("import", file, "--server", "http://127.0.0.1:" + wire.port());
  }

  @Test
  void aFileThatGrowsWhileItIsReadIsNotImported() throws Exception {
    Path file = home.resolve("growing.csv");
    Files.write(file, SessionFiles.good(50_000));
    try (TcpProxy wire = new TcpProxy(service.port())) {
      wire.holdUp();
      Running running = startImport("growing.csv", wire).await("uploading");
      Files.writeString(file, Files.readString(file) + SessionFiles.row("late", "4"));
      wire.letPass();
      Ended ended = running.end();
      assertThat(ended.code()).as(ended.toString()).isEqualTo(6);
      assertThat(ended.error()).contains("changed while it was read; nothing was imported");
    }
    assertThat(jobs("growing.csv")).isZero();
  }

  @Test
  void theSecondStartIsQuick() throws Exception {
    Path archives = home.resolve(".cache/kintell");
    kintell.run("version");
    await("the archive of classes")
        .atMost(Duration.ofSeconds(60))
        .until(() -> archives.toFile().list((folder, name) -> name.endsWith(".jsa")).length == 1);
    Ended ended =
        kintell
            .with("KINTELL_JAVA_OPTIONS", "-Xlog:class+load:stderr")
            .run("status", "no-such-job");
    assertThat(
            ended
                .error()
                .lines()
                .filter(line -> line.contains("picocli.") && line.contains("shared objects file"))
                .count())
        .isGreaterThan(100);
  }
}
