package org.kintell.backfill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.kintell.backfill.testsupport.Database;
import org.kintell.backfill.testsupport.GeneratedFile;
import org.kintell.backfill.testsupport.RealParts;
import org.kintell.backfill.testsupport.ServiceInThisJvm;
import org.kintell.backfill.testsupport.ServiceProcess;
import org.kintell.backfill.testsupport.Sessions;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/** The jar with wrong settings, and after a loss of power. */
@ExtendWith(OutputCaptureExtension.class)
public class StartupIT {

  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int ANOTHER_USER = 65_534;

  /** In so many chunks that a kill meets some of them. */
  private static final int ROWS = 600;

  private static final Pattern URL =
      Pattern.compile("PGPASSFILE=(\\S+) psql postgres://kintell@(\\S+)");

  @ParameterizedTest
  @ValueSource(strings = {"BACKFILL_INBOX_DIR", "BACKFILL_ERRORS_DIR"})
  void aFileInsteadOfAFolderIsNamedInOneLine(String variable) throws IOException {
    assertNamedInOneLine(variable, "/etc/hosts", "/etc/hosts", "a folder");
  }

  /** WrongSettingsTest and DatabaseUrlTest try these without a process. */
  @ParameterizedTest
  @Tag("faults")
  @CsvSource(
      delimiter = '|',
      value = {
        "DATABASE_URL          | mysql://me:secret@db/x | mysql://me:***@db/x | postgresql://",
        "NATS_URL              | http://me:secret@x     | http://***@x        | nats://",
        "BACKFILL_EVENT_WINDOW | 0                      | 0                   | from 1 to 4000"
      })
  void aWrongValueIsNamedInOneLine(String variable, String value, String shown, String allowed)
      throws IOException {
    assertNamedInOneLine(variable, value, shown, allowed);
  }

  private static void assertNamedInOneLine(
      String variable, String value, String shown, String allowed) throws IOException {
    try (ServiceProcess service = new ServiceProcess(Map.of(variable, value))) {
      assertThat(service.launch().awaitExit()).isNotZero();
      List<String> log = Files.readAllLines(service.log());
      assertThat(log).filteredOn(line -> line.contains("ERROR")).hasSize(1);
      assertThat(log)
          .anySatisfy(
              line ->
                  assertThat(line)
                      .contains(
                          "ERROR",
                          "Invalid %s '%s': expected ".formatted(variable, shown),
                          allowed));
      assertThat(log)
          .noneMatch(line -> line.startsWith("\tat ") || line.contains("Caused by"))
          .noneMatch(line -> line.contains("secret"));
      // Settings are checked before any server is started.
      assertThat(service.folder().resolve("data/postgres")).doesNotExist();
      assertThat(service.folder().resolve("data/nats")).doesNotExist();
    }
  }

  /** A database that is down is no error: the service waits for it. */
  @Test
  void aDatabaseThatDoesNotExistIsNamedInOneLine() throws IOException {
    assertRefusalIsNamedInOneLine("postgres:secret", "/nowhere", "database");
  }

  /** The service reads another refusal in the same way. */
  @Test
  @Tag("faults")
  void aRoleThatDoesNotExistIsNamedInOneLine() throws IOException {
    assertRefusalIsNamedInOneLine("nobody:secret", "/postgres", "role");
  }

  private static void assertRefusalIsNamedInOneLine(String user, String path, String reason)
      throws IOException {
    String url = RealParts.databaseUrl().replace("postgres:postgres", user);
    String wrong = url.substring(0, url.lastIndexOf('/')) + path;
    try (ServiceProcess service = new ServiceProcess(Map.of("DATABASE_URL", wrong))) {
      assertThat(service.launch().awaitExit()).isNotZero();
      assertThat(Files.readAllLines(service.log()))
          .noneMatch(line -> line.startsWith("\tat ") || line.contains("secret"))
          .filteredOn(line -> line.contains("ERROR") || line.contains("WARN"))
          .singleElement()
          .asString()
          .contains("Invalid DATABASE_URL '", ":***@", reason, "does not exist");
    }
  }

  /** The first look at the database needs one connection, the pool two. */
  @Test
  void aDatabaseThatGivesTheUserTooFewConnectionsIsNamedInOneLine() throws IOException {
    RealParts.jdbc().sql("CREATE ROLE lonely LOGIN CONNECTION LIMIT 1").update();
    String url = RealParts.databaseUrl().replace("postgres:postgres", "lonely:secret");
    try (ServiceProcess service = new ServiceProcess(Map.of("DATABASE_URL", url))) {
      assertThat(service.launch().awaitExit()).isNotZero();
      assertThat(Files.readAllLines(service.log()))
          .noneMatch(line -> line.startsWith("\tat ") || line.contains("secret"))
          .filteredOn(line -> line.contains("ERROR") || line.contains("WARN"))
          .singleElement()
          .asString()
          .contains(
              "Database cannot be used: no connection to ",
              " within 5 s, last failure: ",
              "too many connections for role \"lonely\"")
          .doesNotContain("Invalid DATABASE_URL");
    } finally {
      RealParts.jdbc().sql("DROP ROLE lonely").update();
    }
  }

  @Test
  void thePortThatIsInUseIsTheOneThatIsNamed() throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        ServiceProcess service =
            new ServiceProcess(Map.of("DATABASE_URL", RealParts.databaseUrl()))
                .with("MANAGEMENT_SERVER_PORT", Integer.toString(taken.getLocalPort()))) {
      assertThat(service.launch().awaitExit()).isNotZero();
      assertThat(Files.readAllLines(service.log()))
          .filteredOn(line -> line.contains("ERROR"))
          .singleElement()
          .asString()
          .contains(
              "Invalid MANAGEMENT_SERVER_PORT '%d': expected a free port"
                  .formatted(taken.getLocalPort()));
    }
  }

  /**
   * Otherwise another user of a shared inbox could create them first, and the service could archive
   * no file.
   */
  @Test
  void theFoldersInTheInboxAreMadeAtTheStartAndOneOfAnotherUserIsNamed(
      @TempDir Path inbox, CapturedOutput log) throws IOException {
    String[] settings = {"--backfill.inbox-dir=" + inbox, "--backfill.inbox-quiet=1s"};
    try (Database database = RealParts.newDatabase()) {
      new ServiceInThisJvm(database, settings).close();
      for (String name : List.of("done", "failed", ".claimed")) {
        assertThat(
                PosixFilePermissions.toString(Files.getPosixFilePermissions(inbox.resolve(name))))
            .isEqualTo("rwx------");
      }
      assertThat(log).doesNotContain("Inbox files cannot be moved");

      assumeTrue(
          "root".equals(System.getProperty("user.name")), "Only root can give files to others");
      Files.setAttribute(inbox.resolve("done"), "unix:uid", ANOTHER_USER);
      try (ServiceInThisJvm service = new ServiceInThisJvm(database, settings)) {
        await().atMost(PATIENCE).until(() -> service.client().get("/health").status() == 200);
        assertThat(log.getAll().lines())
            .filteredOn(line -> line.contains("Inbox files cannot be moved"))
            .singleElement()
            .asString()
            .contains("WARN", inbox.resolve("done") + ": done belongs to another user.");
        Files.writeString(inbox.resolve("unusable.csv"), "no,header\n1,2\n");
        await()
            .atMost(PATIENCE)
            .until(() -> Files.exists(inbox.resolve("failed/unusable.reason.txt")));
      }
    }
  }

  /** Killed in the middle of a job, with its database: the next start continues the job. */
  @Test
  void theEmbeddedDatabaseSurvivesAKillAndARestart() throws IOException {
    GeneratedFile file = GeneratedFile.of(ROWS, 5);
    try (ServiceProcess service = new ServiceProcess(Map.of("BACKFILL_CHUNK_ROWS", "3"))) {
      service.start();
      assertTellsWhatItRunsOn(service);
      assertHasItsFolderForItself(service);
      new Sessions(embedded(service)).addUsers(GeneratedFile.PARTICIPANT, GeneratedFile.VOLUNTEER);
      String job = service.client().start("x.csv", file.bytes()).jobId();
      service
          .client()
          .send(
              service
                  .client()
                  .request("/import/backfill/" + job + "/resume")
                  .header("Prefer", "wait=0")
                  .POST(BodyPublishers.noBody()));
      await().atMost(PATIENCE).until(() -> processed(service, job) > 0);
      service.kill();

      service.start();
      await().atMost(PATIENCE).until(() -> processed(service, job) == ROWS);
      await()
          .atMost(PATIENCE)
          .until(
              () ->
                  service.client().status(job).json().path("status").asText().equals("completed"));
      assertEndedWell(service, job, file);

      service.stopWithItsNats();
      assertThat(Files.readString(service.log())).doesNotContain("NATS is away");
      service.start();
      assertEndedWell(service, job, file);
      assertSendsNoPasswordToAnImpostor(service);
    }
  }

  /**
   * Another user's program may take the port of a dead PostgreSQL and request the password in clear
   * text.
   */
  private static void assertSendsNoPasswordToAnImpostor(ServiceProcess service) throws IOException {
    List<String> pidFile =
        Files.readAllLines(service.folder().resolve("data/postgres/postmaster.pid"));
    ProcessHandle postgres = ProcessHandle.of(Long.parseLong(pidFile.get(0))).orElseThrow();
    postgres.destroyForcibly();
    postgres.onExit().join();
    try (ServerSocket impostor = new ServerSocket()) {
      impostor.bind(
          new InetSocketAddress("127.0.0.1", Integer.parseInt(pidFile.get(3).strip())), 1);
      impostor.setSoTimeout((int) PATIENCE.toMillis());
      try (Socket client = impostor.accept()) {
        client.setSoTimeout((int) PATIENCE.toMillis());
        DataInputStream in = new DataInputStream(client.getInputStream());
        int length = in.readInt();
        while (length == 8) {
          // The client asks whether the connection can be encrypted.
          in.skipNBytes(4);
          client.getOutputStream().write('N');
          length = in.readInt();
        }
        in.skipNBytes(length - 4L);
        client.getOutputStream().write(new byte[] {'R', 0, 0, 0, 8, 0, 0, 0, 3});
        assertThat(in.read()).as("nothing is sent: the connection ends").isEqualTo(-1);
      }
    }
  }

  private static void assertTellsWhatItRunsOn(ServiceProcess service) throws IOException {
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(Files.readString(service.log()))
                    .containsPattern(
                        "kintell-connector \\S+ \\(commit \\S+\\), process " + service.pid())
                    .containsPattern("  database  PostgreSQL 18\\.\\S* .* \\(embedded\\)")
                    .contains("  users     locked once per chunk\n")
                    .contains("  folders   data " + service.folder().resolve("data") + ", inbox ")
                    .contains("  NATS      ")
                    .contains(
                        "  listens   127.0.0.1:%d, for callers on this machine only"
                            .formatted(service.port()))
                    .contains("  access    no keys: ")
                    .contains("  console   http://localhost:%d/".formatted(service.port())));
  }

  /** On another port: with the same one the folder would be named as well. */
  private static void assertHasItsFolderForItself(ServiceProcess service) throws IOException {
    ServiceProcess second = service.sibling();
    assertThat(second.launch().awaitExit()).isNotZero();
    assertThat(Files.readAllLines(second.log()))
        .filteredOn(line -> line.contains("ERROR"))
        .singleElement()
        .asString()
        .contains("Invalid BACKFILL_DATA_DIR '", "process " + service.pid() + " uses this one");
  }

  private static long processed(ServiceProcess service, String job) {
    return service.client().status(job).json().path("processedRows").asLong();
  }

  private static void assertEndedWell(ServiceProcess service, String job, GeneratedFile file)
      throws IOException {
    assertThat(new Sessions(embedded(service)).rowsById()).isEqualTo(file.sessions());
    assertThat(service.client().errors(job).text()).isEqualTo(file.errors());
    assertThat(service.folder().resolve("errors/backfill_errors_" + job + ".csv"))
        .hasContent(file.errors());
  }

  /** By the URL and the file with the password that the last start has logged. */
  private static JdbcClient embedded(ServiceProcess service) throws IOException {
    Matcher url = URL.matcher(Files.readString(service.log()));
    MatchResult last = url.results().reduce((first, second) -> second).orElseThrow();
    String[] line = Files.readString(Path.of(last.group(1))).strip().split(":");
    String password = line[line.length - 1];
    assertThat(service.log()).content().doesNotContain(password);
    return JdbcClient.create(
        new DriverManagerDataSource("jdbc:postgresql://" + last.group(2), "kintell", password));
  }
}
