package org.kintell.backfill.devservices;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.kintell.backfill.testsupport.ProblemAssert.assertProblem;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.kintell.backfill.testsupport.BackfillClient;
import org.kintell.backfill.testsupport.BackfillClient.Answer;
import org.kintell.backfill.testsupport.Database;
import org.kintell.backfill.testsupport.RawHttp;
import org.kintell.backfill.testsupport.RealParts;
import org.kintell.backfill.testsupport.ServiceInThisJvm;
import org.kintell.backfill.testsupport.ServiceProcess;
import org.kintell.backfill.testsupport.SessionFiles;
import org.kintell.backfill.testsupport.Spellings;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** On a bare machine, the documented address creates users that the import finds. */
@ExtendWith(OutputCaptureExtension.class)
class UsersStandInIT {

  private static final Pattern PORT =
      Pattern.compile("Development stand-in .* runs: POST http://localhost:(\\d+)/api/users");

  private static ServiceProcess service;
  private static BackfillClient users;
  private static int usersPort;

  @BeforeAll
  static void startOnABareMachine() throws IOException {
    service = new ServiceProcess(Map.of("BACKFILL_USERS_PORT", "0")).start();
    Matcher port = PORT.matcher(Files.readString(service.log()));
    assertThat(port.find()).as("the line that names the port, in %s", service.log()).isTrue();
    usersPort = Integer.parseInt(port.group(1));
    users = new BackfillClient(usersPort);
  }

  @AfterAll
  static void stop() {
    service.close();
  }

  @Test
  void anImportFindsAUserThatWasMissing() {
    assertThat(create(user("sarah@example.com", "volunteer")).status()).isEqualTo(201);
    byte[] file =
        (SessionFiles.HEADER
                + "S-1,Mentorship,john@example.com,sarah@example.com,2024-01-15T10:00:00Z,60,5,,\n")
            .getBytes();
    JsonNode first = service.client().importFile("sessions.csv", file);
    assertThat(service.client().errors(first.path("jobId").asText()).text())
        .contains("Participant not found: john@example.com");

    Answer created = create(user("john@example.com", "participant"));

    assertThat(created.status()).as(created.text()).isEqualTo(201);
    assertThat(created.header("Content-Type")).startsWith("application/json");
    assertThat(created.json().path("id").asText()).hasSize(36);
    assertThat(created.json().path("email").asText()).isEqualTo("john@example.com");
    assertThat(created.json().path("name").asText()).isEqualTo("User Name");
    assertThat(created.json().path("role").asText()).isEqualTo("participant");
    assertThat(Instant.parse(created.json().path("createdAt").asText()))
        .isBeforeOrEqualTo(Instant.now());
    JsonNode second = service.client().importFile("sessions.csv", file);
    assertThat(second.path("successfulRows").asInt()).isEqualTo(1);
  }

  /** More than the threads of any server. */
  @Test
  void slowSendersDelayNoOtherRequest() throws IOException {
    List<SocketChannel> slow = new ArrayList<>();
    try {
      for (int i = 0; i < 250; i++) {
        SocketChannel channel = SocketChannel.open();
        slow.add(channel);
        channel.configureBlocking(false);
        channel.connect(new InetSocketAddress("127.0.0.1", usersPort));
      }
      String head = "POST /api/users HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\n{";
      await()
          .until(
              () -> {
                int begun = 0;
                for (SocketChannel channel : slow) {
                  if (channel.isConnected() || channel.finishConnect()) {
                    begun++;
                  }
                }
                return begun > 60;
              });
      for (SocketChannel channel : slow) {
        if (channel.isConnected()) {
          channel.write(ByteBuffer.wrap(head.getBytes(StandardCharsets.US_ASCII)));
        }
      }

      await()
          .atMost(Duration.ofSeconds(20))
          .ignoreExceptions()
          .until(
              () ->
                  List.of(201, 409)
                      .contains(create(user("patient@example.com", "volunteer")).status()));
    } finally {
      for (SocketChannel channel : slow) {
        channel.close();
      }
    }
  }

  @Test
  void aUserThatExistsIsAConflictInAnyCase() {
    assertThat(create(user("twice@example.com", "volunteer")).status()).isEqualTo(201);
    assertProblem(create(user("twice@example.com", "volunteer")), 409, "user-exists");
    assertProblem(create(user("Twice@Example.com", "volunteer")), 409, "user-exists");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{",
        "[]",
        "null",
        "\"x@example.com\"",
        "{}",
        "{\"email\":null}",
        "{\"email\":\"\"}",
        "{\"email\":\"nobody\"}",
        "{\"email\":[\"x@example.com\"]}",
        "{\"email\":\"x@example.com\",\"name\":{}}",
        "{\"email\":\"x@example.com\",\"name\":\"\\u0000\"}"
      })
  void nonsenseIsRefused(String body) {
    assertProblem(create(body), 400, "invalid-user", "email");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"name\":\"\"          | The field name is blank",
        "\"role\":\" \"         | The field role is blank",
        "\"role\":\"\\t\\n\"     | The field role is blank",
        "\"name\":\"a\\u0000\"  | The field name holds a NUL"
      })
  void aWrongFieldIsNamed(String field, String reason) {
    String body = "{\"email\":\"x@example.com\"," + field + "}";
    assertProblem(create(body), 400, "invalid-user", reason);
  }

  @Test
  void aLongTextIsRefused() {
    assertProblem(
        create(user("x@example.com", "x".repeat(300))),
        400,
        "invalid-user",
        "The field role is longer than 255 characters");
    assertProblem(create(user("x@example.com", "x".repeat(200_000))), 400, "invalid-user");
  }

  @Test
  void onlyJsonIsTakenAndOnlyByPost() {
    Answer form =
        users.send(
            users
                .request("/api/users")
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(BodyPublishers.ofString(user("form@example.com", "volunteer"))));
    assertProblem(form, 415, "unsupported-media-type");
    assertProblem(users.get("/api/users"), 405, "method-not-allowed");
  }

  @Test
  void eachPortServesItsOwn() {
    assertProblem(users.get("/health"), 404, "not-found");
    assertProblem(users.get("/import/backfill/x/status"), 404, "not-found");
    assertProblem(users.get("/actuator/health"), 404, "not-found");
    // The console's page may use its own port only.
    Answer own = create(service.client(), user("own@example.com", "volunteer"));
    assertThat(own.status()).isEqualTo(201);
    assertThat(service.client().get("/").json().at("/links/users").asText())
        .isEqualTo("/api/users");
    String body = user("elsewhere@example.com", "volunteer");
    for (String spelling : Spellings.of("/api/users")) {
      if (spelling.replaceAll("^/+|/+$", "").equals("api/users")) {
        // A superfluous slash at an end does not change the address.
        continue;
      }
      String head = "POST " + spelling + " HTTP/1.1\nContent-Type: application/json\n";
      String answer =
          RawHttp.send(
              "127.0.0.1", service.port(), head + "Content-Length: " + body.length(), body);
      assertThat(RawHttp.status(answer)).as(spelling).isIn(400, 404);
      assertThat(answer).contains("application/problem+json");
    }
    assertThat(create(user("elsewhere@example.com", "volunteer")).status()).isEqualTo(201);
  }

  @Test
  void aPortInUseStopsNothing() throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        ServiceProcess other =
            new ServiceProcess(
                    Map.of("BACKFILL_USERS_PORT", Integer.toString(taken.getLocalPort())))
                .start()) {
      assertThat(Files.readAllLines(other.log()))
          .filteredOn(line -> line.matches(".* (WARN|ERROR) .*"))
          .singleElement()
          .asString()
          .contains(
              "stand-in", "port " + taken.getLocalPort() + " is in use", "BACKFILL_USERS_PORT");
    }
  }

  @Test
  void whereADatabaseIsNamedThereIsNoStandIn(CapturedOutput log) {
    try (Database database = RealParts.newDatabase();
        ServiceInThisJvm other = new ServiceInThisJvm(database, "--BACKFILL_USERS_PORT=0")) {
      assertThat(log).contains(database.name()).doesNotContain("stand-in");
      assertProblem(
          create(other.client(), user("named@example.com", "volunteer")), 404, "not-found");
    }
  }

  private static String user(String email, String role) {
    return "{\"email\": \"%s\", \"name\": \"User Name\", \"role\": \"%s\"}".formatted(email, role);
  }

  private static Answer create(String body) {
    return create(users, body);
  }

  private static Answer create(BackfillClient client, String body) {
    return client.send(
        client
            .request("/api/users")
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(body)));
  }
}
