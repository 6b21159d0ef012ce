package org.kintell.backfill.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.swagger.v3.parser.OpenAPIV3Parser;
import io.swagger.v3.parser.core.models.SwaggerParseResult;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.kintell.backfill.testsupport.BackfillClient;
import org.kintell.backfill.testsupport.BackfillClient.Answer;
import org.kintell.backfill.testsupport.IntegrationTest;
import org.kintell.backfill.testsupport.OpenApiDocument;
import org.kintell.backfill.testsupport.SessionFiles;
import org.kintell.backfill.testsupport.Sessions;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;
import org.springframework.web.bind.annotation.RequestMethod;
import org.springframework.web.servlet.mvc.method.RequestMappingInfo;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;

/** {@code /openapi.json} describes exactly the behaviour of the service. */
@IntegrationTest
class OpenApiIT {

  private static final String JOB = "/import/backfill/{jobId}";
  private static final String TEMPLATE = "/templates/kintell_sessions_template.csv";
  private static final String ERROR_PAGE = "/error";

  /** Other projects document the addresses below this one. */
  private static final String MANAGEMENT = "/actuator";

  /** Answers that need a full disk, a huge file or a database outage; other tests cover them. */
  private static final Set<String> NOT_PROVOKED = Set.of("410", "413", "429", "503", "507");

  @Autowired BackfillClient client;
  @Autowired Sessions sessions;
  @Autowired JdbcClient jdbc;
  @Autowired TransactionTemplate transaction;
  @Autowired List<RequestMappingHandlerMapping> mappings;

  private OpenApiDocument document;
  private final Set<String> given = new TreeSet<>();
  private final List<String> contradictions = new ArrayList<>();

  @BeforeEach
  void fetch() {
    Answer answer = client.get("/openapi.json");
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.header("Content-Type")).isEqualTo("application/json");
    document = new OpenApiDocument(answer.json());
  }

  @Test
  void itIsAnOpenApi31DocumentWhoseExamplesKeepTheirSchemas() {
    Answer answer = client.get("/openapi.json");
    SwaggerParseResult parsed = new OpenAPIV3Parser().readContents(answer.text());

    assertThat(answer.json().path("openapi").asText()).startsWith("3.1.");
    assertThat(parsed.getMessages()).isEmpty();
    assertThat(document.danglingReferences()).isEmpty();
    assertThat(document.contradictoryExamples()).isEmpty();
  }

  @Test
  void itHasEveryEndpointOfTheRunningServiceAndNoOther() {
    assertThat(document.operations())
        .as("operations in openapi.json, compared with those that the service has")
        .isEqualTo(served());
  }

  /** Below {@code /import/backfill/} as rows of the table, the others as addresses in the text. */
  @Test
  void docsApiNamesEveryRequest() throws IOException {
    String api = Files.readString(Path.of("docs", "api.md"));
    List<String> rows = api.lines().filter(line -> line.matches("\\| `[A-Z]+ .*")).toList();
    assertThat(served())
        .allSatisfy(
            operation -> {
              String[] parts = operation.split(" ");
              String below = parts[1].replaceFirst("^/import/backfill/(\\{jobId}/)?", "");
              if (below.equals(parts[1])) {
                assertThat(api).contains(below + "`");
              } else {
                String cell = "\\|[^|]*\\b%s\\b[^|]*[ `/]%s[`?].*";
                assertThat(rows)
                    .as(operation)
                    .anyMatch(row -> row.matches(cell.formatted(parts[0], Pattern.quote(below))));
              }
            });
  }

  private Set<String> served() {
    Set<String> served = new TreeSet<>();
    for (RequestMappingHandlerMapping mapping : mappings) {
      for (RequestMappingInfo info : mapping.getHandlerMethods().keySet()) {
        for (String path : info.getPatternValues()) {
          if (path.startsWith(MANAGEMENT)) {
            continue;
          }
          for (RequestMethod method : info.getMethodsCondition().getMethods()) {
            served.add(method + " " + path);
          }
          if (info.getMethodsCondition().isEmpty() && !path.equals(ERROR_PAGE)) {
            served.add("any method " + path);
          }
        }
      }
    }
    return served;
  }

  /** One request, at least, for every answer of every operation. */
  @Test
  void everyAnswerIsAsDocumentedAndEveryDocumentedAnswerIsGiven() {
    sessions.addUsers(SessionFiles.PARTICIPANT, SessionFiles.VOLUNTEER);
    byte[] file = SessionFiles.withBadRows(3, row -> row == 2);

    String start = "POST /import/backfill/start";
    String job = check(start, upload("/import/backfill/start", file)).jobId();
    check(start, upload("/import/backfill/start?autostart=true", file));
    check(start, upload("/import/backfill/start", new byte[0]));
    check(start, client.send(client.request("/import/backfill/start").POST(json())));

    String resume = "POST " + JOB + "/resume";
    transaction.executeWithoutResult(
        held -> {
          jdbc.sql("SELECT * FROM backfill_chunks FOR UPDATE").query(rows -> {});
          HttpRequest.Builder impatient =
              client
                  .request(path(JOB + "/resume", job))
                  .header("Prefer", "wait=0")
                  .POST(BodyPublishers.noBody());
          check(resume, client.send(impatient));
          check("GET " + JOB + "/status", client.status(job));
        });
    check(resume, client.resume(client.start("next.csv", file).jobId()));
    String over =
        client
            .importFile("over.csv", SessionFiles.withBadRows(3, row -> true))
            .path("jobId")
            .asText();
    check(resume, client.resume(over));
    check(resume, client.resume("nonsense"));
    check(resume, client.send(client.request(path(JOB + "/resume", job)).POST(json())));
    check(resume, damagedUpload(path(JOB + "/resume", job)));

    for (String what : List.of("status", "report", "verify", "errors", "progress")) {
      String operation = "GET " + JOB + "/" + what;
      check(operation, client.get(path(JOB + "/" + what, over)));
      check(operation, client.get(path(JOB + "/" + what, "nonsense")));
    }
    askForRejects(over);
    check("GET " + JOB + "/errors", client.get(path(JOB + "/errors?spreadsheet=unsafe", over)));
    for (String what : List.of("status", "report", "verify", "progress", "rollback")) {
      String operation = JOB + "/" + what;
      check("GET " + operation, client.get(path(operation, "a;b")));
    }
    for (String what : List.of("pause", "cancel", "retry", "rollback")) {
      String operation = JOB + "/" + what;
      check(
          "POST " + operation,
          client.send(client.request(path(operation, "a;b")).POST(BodyPublishers.noBody())));
      check("POST " + operation, client.send(client.request(path(operation, over)).POST(json())));
    }
    check(
        "GET " + JOB + "/progress",
        client.send(
            client
                .request(path(JOB + "/progress", over))
                .header("Last-Event-ID", lastEventId(over))));

    askForErasure(file);
    askForDryRuns(file);
    askForChecks(file);
    askForCorrections(file);
    askJobsToStop(file);
    askForRejectsAgain(over);
    check("GET /import/backfill", client.get("/import/backfill?limit=1"));
    check("GET /import/backfill", client.get("/import/backfill?limit=none"));
    check("GET /import/backfill/nodes", client.get("/import/backfill/nodes"));
    check("GET /import/backfill/progress", client.get("/import/backfill/progress"));
    check("GET /health", client.get("/health"));
    askTheConsole();
    check("GET /openapi.json", client.get("/openapi.json"));
    check("GET " + TEMPLATE, client.get(TEMPLATE));
    check("GET /cli/kintell", client.get("/cli/kintell"));
    check(start, upload("/import/backfill/start?parentJobId=" + UUID.randomUUID(), file));
    check(start, keyed("key", file));
    check(start, keyed("key", SessionFiles.withBadRows(4, row -> false)));

    assertThat(contradictions).as("answers that openapi.json does not describe").isEmpty();
    Set<String> expected =
        document.answers().stream()
            .filter(answer -> !NOT_PROVOKED.contains(answer.substring(answer.lastIndexOf(' ') + 1)))
            .collect(Collectors.toCollection(TreeSet::new));
    expected.removeAll(given);
    assertThat(expected)
        .as("answers in openapi.json that no request of this test was given; add one for each")
        .isEmpty();
  }

  private void askForRejects(String job) {
    for (String what : List.of("rejects", "rejects/values", "missing-users", "pace")) {
      String operation = "GET " + JOB + "/" + what;
      String query = what.endsWith("values") ? "?cause=invalid-rating" : "";
      check(operation, client.get(path(JOB + "/" + what + query, job)));
      check(operation, client.get(path(JOB + "/" + what + query, "nonsense")));
      check(operation, client.get(path(JOB + "/" + what, "a;b")));
    }
    String users = JOB + "/missing-users";
    for (String type : List.of("text/csv", "image/png")) {
      check("GET " + users, client.send(client.request(path(users, job)).header("Accept", type)));
    }
  }

  private void askForDryRuns(byte[] file) {
    String validate = "/import/backfill/validate";
    check("POST " + validate, upload(validate, file));
    check("POST " + validate, upload(validate, new byte[0]));
    check("POST " + validate, client.send(client.request(validate).POST(json())));
    check(
        "POST " + validate,
        client.send(uploadRequest(validate, file).header("Accept", "image/png")));
  }

  private void askForChecks(byte[] file) {
    String validate = JOB + "/validate";
    String pending = client.start("pending.csv", file).jobId();
    check("GET " + validate, client.get(path(validate, pending)));
    check("POST " + validate, post("validate", pending));
    Answer check =
        check(
            "POST " + validate,
            client.send(
                client
                    .request(path(validate, pending))
                    .header("Prefer", "respond-async")
                    .POST(BodyPublishers.noBody())));
    check("GET " + validate, client.get(path(validate, pending)));
    String checks = "/import/backfill/validate/{checkId}";
    check("GET " + checks, client.get(check.header("Location")));
    check("GET " + checks, client.get("/import/backfill/validate/nonsense"));
    check("GET " + checks, client.get("/import/backfill/validate/a;b"));
    check("GET " + validate, client.get(path(validate, "a;b")));
    check("POST " + validate, post("validate", "nonsense"));
    check("POST " + validate, post("validate?onDuplicate=perhaps", pending));
    check("POST " + validate, client.send(client.request(path(validate, pending)).POST(json())));
    check(
        "POST " + validate,
        client.send(
            client
                .request(path(validate, pending))
                .header("Accept", "image/png")
                .POST(BodyPublishers.noBody())));
    post("cancel", pending);
    check("POST " + validate, post("validate", pending));
    check(
        "POST /import/backfill/validate",
        client.send(
            uploadRequest("/import/backfill/validate", file).header("Prefer", "respond-async")));
  }

  private void askForCorrections(byte[] file) {
    String operation = "POST " + JOB + "/corrections";
    String job = client.importFile("wrong.csv", file).path("jobId").asText();
    String path = path(JOB + "/corrections", job);
    String rule = "{\"rules\":[{\"column\":\"rating\",\"from\":\"9\",\"to\":\"5\"}]}";
    check(operation, client.send(json(path + "?dryRun=true", rule)));
    check(operation, client.send(json(path, "{}")));
    check(operation, client.send(json(path, "nonsense")));
    check(operation, client.send(json(path(JOB + "/corrections", "nonsense"), rule)));
    check(operation, client.send(client.request(path).POST(BodyPublishers.ofString(rule))));
    check(operation, client.send(json(path, rule)));
  }

  private void askTheConsole() {
    String session = "/console/session";
    check("GET /", client.get("/"));
    check("GET /", client.send(client.request("/").header("Accept", "text/html")));
    check("GET /whoami", client.get("/whoami"));
    check("GET /console/sign-in", client.get("/console/sign-in"));
    check("POST " + session, client.send(json(session, "{\"key\":\"any\"}")));
    check("POST " + session, client.send(json(session, "{")));
    check("POST " + session, client.send(client.request(session).POST(json())));
    check("DELETE " + session, client.send(client.request(session).DELETE()));
  }

  private void askForErasure(byte[] file) {
    String erasure = "/import/backfill/erasure";
    String body = "{\"email\":\"" + SessionFiles.VOLUNTEER + "\"}";
    String pending = client.start("sessions.csv", file).jobId();
    for (String answer : List.of(body, "{}")) {
      check("POST " + erasure, client.send(json(erasure + "?dryRun=true", answer)));
    }
    check("POST " + erasure, client.send(json(erasure, body)));
    check("POST " + erasure, client.send(client.request(erasure).POST(json())));
    post("cancel", pending);
  }

  private HttpRequest.Builder json(String path, String body) {
    return client
        .request(path)
        .header("Content-Type", "application/json")
        .POST(BodyPublishers.ofString(body));
  }

  private void askJobsToStop(byte[] file) {
    for (String what : List.of("pause", "cancel")) {
      String operation = "POST " + JOB + "/" + what;
      String job = client.start("sessions.csv", file).jobId();
      transaction.executeWithoutResult(
          held -> {
            jdbc.sql("SELECT * FROM backfill_chunks FOR UPDATE").query(rows -> {});
            client.send(
                client
                    .request(path(JOB + "/resume", job))
                    .header("Prefer", "wait=0")
                    .POST(BodyPublishers.noBody()));
            await()
                .until(() -> client.status(job).json().path("status").asText().equals("running"));
            check(operation, post(what, job));
            check("POST " + JOB + "/rollback", post("rollback", job));
          });
      check(operation, post(what, client.start("sessions.csv", file).jobId()));
      check(operation, post(what, "nonsense"));
      String over = client.importFile("over.csv", file).path("jobId").asText();
      check(operation, post(what, over));
    }
  }

  private void askForRejectsAgain(String job) {
    String retry = "POST " + JOB + "/retry";
    check(retry, post("retry?cause=nonsense", job));
    check(retry, post("retry", "nonsense"));
    String child = check(retry, post("retry", job)).jobId();
    await().until(() -> client.status(child).json().path("status").asText().equals("completed"));
    check(retry, post("retry?cause=missing-value", job));

    String rollback = "POST " + JOB + "/rollback";
    check(rollback, post("rollback?dryRun=true", job));
    check(rollback, post("rollback?dryRun=perhaps", job));
    check(rollback, post("rollback", "nonsense"));
    check(rollback, post("rollback", job));
    check("GET " + JOB + "/rollback", client.get(path(JOB + "/rollback", job)));
    check("GET " + JOB + "/rollback", client.get(path(JOB + "/rollback", "nonsense")));
  }

  private Answer post(String what, String job) {
    return client.send(client.request(path(JOB + "/" + what, job)).POST(BodyPublishers.noBody()));
  }

  private Answer keyed(String key, byte[] file) {
    return client.send(
        uploadRequest("/import/backfill/start", file).header("Idempotency-Key", key));
  }

  private HttpRequest.Builder uploadRequest(String path, byte[] file) {
    return client.uploadRequest(path, "sessions.csv", new ByteArrayInputStream(file));
  }

  private Answer check(String operation, Answer answer) {
    given.add(operation + " " + answer.status());
    String type = answer.header("Content-Type");
    String mediaType = type == null ? null : type.split(";")[0];
    JsonNode body = null;
    if (mediaType != null && mediaType.endsWith("json")) {
      body = answer.json();
    } else if ("text/event-stream".equals(mediaType)) {
      body = firstEvent(answer);
    }
    contradictions.addAll(document.contradictions(operation, answer.status(), mediaType, body));
    return answer;
  }

  private static JsonNode firstEvent(Answer answer) {
    try {
      return new ObjectMapper().readTree(field(answer, "data:"));
    } catch (JsonProcessingException e) {
      throw new AssertionError(answer.text(), e);
    }
  }

  private String lastEventId(String job) {
    return field(client.get(path(JOB + "/progress", job)), "id:");
  }

  private static String field(Answer answer, String name) {
    return answer
        .text()
        .lines()
        .filter(line -> line.startsWith(name))
        .findFirst()
        .orElseThrow()
        .substring(name.length());
  }

  private static String path(String path, String job) {
    return path.replace("{jobId}", job);
  }

  private Answer upload(String path, byte[] content) {
    return client.upload(path, "sessions.csv", new ByteArrayInputStream(content));
  }

  private Answer damagedUpload(String path) {
    return client.send(
        client
            .request(path)
            .header("Content-Type", "multipart/form-data; boundary=b")
            .POST(
                BodyPublishers.ofString(
                    "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a\"\r\n\r\ncut")));
  }

  private static HttpRequest.BodyPublisher json() {
    return BodyPublishers.ofString("{}");
  }
}
