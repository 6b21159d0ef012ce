package org.kintell.backfill.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.kintell.backfill.testsupport.ProblemAssert.assertProblem;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.kintell.backfill.folder.Workspace;
import org.kintell.backfill.testsupport.BackfillClient;
import org.kintell.backfill.testsupport.BackfillClient.Answer;
import org.kintell.backfill.testsupport.IntegrationTest;
import org.kintell.backfill.testsupport.Leftovers;
import org.kintell.backfill.testsupport.Multipart;
import org.kintell.backfill.testsupport.Packed;
import org.kintell.backfill.testsupport.SessionFiles;
import org.kintell.backfill.testsupport.Sessions;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The answer to every bad request names the remedy. */
@IntegrationTest
class BadRequestIT {

  private static final String BOUNDARY = "multipart/form-data; boundary=b";
  private static final String PART_HEAD =
      "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"x.csv\"\r\n\r\n";
  private static final String END = "\r\n--b--\r\n";

  private static final String START = "/import/backfill/start";

  @Autowired BackfillClient client;
  @Autowired Sessions sessions;
  @Autowired JdbcClient jdbc;
  @Autowired Workspace workspace;

  @BeforeEach
  void addUsers() {
    sessions.addUsers(SessionFiles.PARTICIPANT, SessionFiles.VOLUNTEER);
  }

  @Test
  void aStartWithoutFilePartIsRefused() {
    assertProblem(post(START, "multipart/form-data; boundary=b", "--b--\r\n"), 400, "no-file-part");
    String other =
        "--b\r\nContent-Disposition: form-data; name=\"csv\"; filename=\"x\"\r\n\r\nx\r\n--b--\r\n";
    assertProblem(post(START, "multipart/form-data; boundary=b", other), 400, "no-file-part");
    String text = "--b\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\nx.csv\r\n--b--\r\n";
    assertProblem(post(START, "multipart/form-data; boundary=b", text), 400, "no-file-part");
    assertProblem(post(START, null, ""), 400, "no-file-part");
    assertProblem(post(START, "application/x-www-form-urlencoded", ""), 400, "no-file-part");
    assertProblem(post(START, "application/json", ""), 400, "no-file-part");
    assertNoJobs();
  }

  @ParameterizedTest
  @ValueSource(strings = {START, "/import/backfill/validate"})
  void oneOfSeveralFilesIsNotTakenForAll(String path) {
    byte[] file = SessionFiles.good(1);
    Multipart two = new Multipart().file("a.csv", file).file("b.csv", file);
    assertProblem(client.send(two.post(client.request(path))), 400, "several-files", "2 parts");
    String job = create();
    String resume = "/import/backfill/" + job + "/resume";
    assertProblem(client.send(two.post(client.request(resume))), 400, "several-files");
    assertStatus(job, "pending");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "start?autostart=perhaps",
        "start?maxErrors=many",
        "{job}/retry",
        "{job}/pause",
        "{job}/rollback?dryRun=perhaps"
      })
  void aFileThatIsNotTakenIsNotKept(String path) {
    String address = "/import/backfill/" + path.replace("{job}", create());
    Multipart upload = new Multipart().file("x.csv", SessionFiles.good(3));
    Answer answer = client.send(upload.post(client.request(address)));
    assertThat(answer.status()).as(answer.text()).isBetween(200, 409).isNotEqualTo(201);
    Leftovers.assertNoneIn(workspace.folder());
  }

  @ParameterizedTest
  @ValueSource(strings = {"TRUE", "yes", "1", ""})
  void autostartTakesOnlyTrueAndFalse(String autostart) {
    byte[] file = SessionFiles.good(1);
    Answer answer =
        client.upload(START + "?autostart=" + autostart, "x.csv", new ByteArrayInputStream(file));
    assertProblem(answer, 400, "invalid-parameter", "autostart", "true or false");
    assertNoJobs();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "text/csv",
        "application/json",
        "application/octet-stream",
        "application/x-www-form-urlencoded",
        "nonsense"
      })
  void aBodyThatIsNotMultipartIsRefused(String contentType) {
    assertProblem(post(START, contentType, SessionFiles.row("S-1", "5")), 415, "not-multipart");
    String job = create();
    assertProblem(
        post("/import/backfill/" + job + "/resume", contentType, SessionFiles.HEADER),
        415,
        "not-multipart");
    assertProblem(
        post("/import/backfill/" + job + "/pause", contentType, "{}"),
        415,
        "not-multipart",
        "leave out the body");
    assertStatus(job, "pending");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "text/csv",
        "application/json",
        "application/x-www-form-urlencoded",
        "multipart/form-data",
        "multipart/form-data; boundary=b",
        "multipart/mixed",
        "nonsense"
      })
  void anEmptyBodyIsNoBodyWhateverItsType(String contentType) {
    String job = create();
    Answer end = post("/import/backfill/" + job + "/resume", contentType, "");
    assertThat(end.status()).as(end.text()).isEqualTo(200);
    assertStatus(job, "completed");
  }

  /** A client that does not know the length of its body sends an empty body like this. */
  @ParameterizedTest
  @ValueSource(
      strings = {"start", "validate", "{job}/resume", "{job}/pause", "{job}/cancel", "{job}/retry"})
  void anEmptyChunkedBodyIsNoBodyEither(String path) {
    String address = "/import/backfill/" + path.replace("{job}", create());
    for (String type : List.of("text/csv", "application/json", "multipart/form-data", "nonsense")) {
      HttpRequest.Builder request =
          client
              .request(address)
              .header("Content-Type", type)
              .POST(BodyPublishers.ofInputStream(InputStream::nullInputStream));
      Answer chunked = client.send(request);
      assertThat(chunked.status()).as(chunked.text()).isBetween(200, 409);
      assertThat(chunked.text()).isNotEmpty();
    }
  }

  @Test
  void aMultipartBodyCutShortIsRefused() {
    String cut =
        "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"x.csv\"\r\n\r\nsession_id,";
    assertProblem(post(START, "multipart/form-data; boundary=b", cut), 400, "damaged-upload");
    assertProblem(post(START, "multipart/form-data", cut), 400, "damaged-upload", "boundary");
    assertNoJobs();
  }

  @Test
  void aMultipartBodyWithLineFeedsAloneIsRefusedForThem() {
    String body = (PART_HEAD + SessionFiles.HEADER + END).replace("\r\n", "\n");
    assertProblem(post(START, BOUNDARY, body), 400, "damaged-upload", "CRLF");
    assertNoJobs();
  }

  @ParameterizedTest
  @ValueSource(strings = {"base64", "quoted-printable", "Base64", "x-uuencode"})
  void anEncodedPartIsRefused(String encoding) {
    String body =
        PART_HEAD.replace("\r\n\r\n", "\r\nContent-Transfer-Encoding: " + encoding + "\r\n\r\n")
            + SessionFiles.HEADER
            + END;
    assertProblem(post(START, BOUNDARY, body), 415, "encoded-body", encoding);
    assertNoJobs();
  }

  @ParameterizedTest
  @ValueSource(strings = {"binary", "8bit", "7BIT"})
  void aPartThatSaysThatItIsNotEncodedIsTaken(String encoding) {
    String body =
        PART_HEAD.replace("\r\n\r\n", "\r\nContent-Transfer-Encoding: " + encoding + "\r\n\r\n")
            + SessionFiles.HEADER
            + END;
    assertThat(post(START, BOUNDARY, body).status()).isEqualTo(201);
  }

  @Test
  void aCompressedRequestIsRefused() {
    HttpRequest.Builder request =
        client
            .request(START)
            .header("Content-Type", BOUNDARY)
            .header("Content-Encoding", "gzip")
            .POST(
                BodyPublishers.ofByteArray(
                    Packed.gzip(
                        (PART_HEAD + SessionFiles.HEADER + END).getBytes(StandardCharsets.UTF_8))));
    Answer answer = client.send(request);
    assertProblem(answer, 415, "encoded-body", "gzip");
    assertThat(answer.header("Accept-Encoding")).isEqualTo("identity");
    assertNoJobs();
  }

  @Test
  void aFormMayHaveManyFields() {
    StringBuilder fields = new StringBuilder();
    for (int i = 0; i < 60; i++) {
      fields.append(
          "--b\r\nContent-Disposition: form-data; name=\"f%d\"\r\n\r\nx\r\n".formatted(i));
    }
    assertThat(post(START, BOUNDARY, fields + PART_HEAD + SessionFiles.HEADER + END).status())
        .isEqualTo(201);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "00000000-0000-4000-8000-000000000000",
        "1-2-3-4-5",
        "job-uuid",
        "%3Cscript%3E",
        "%7BjobId%7D"
      })
  void anUnknownOrMalformedJobIdIsNotFound(String id) {
    String path = "/import/backfill/" + id;
    assertProblem(client.get(path + "/status"), 404, "unknown-job");
    assertProblem(client.get(path + "/errors"), 404, "unknown-job");
    assertProblem(post(path + "/resume", null, ""), 404, "unknown-job");
    assertProblem(client.resume(id, "x.csv", new byte[10]), 404, "unknown-job");
  }

  /** Tomcat does not let such addresses in. */
  @ParameterizedTest
  @ValueSource(strings = {"..%5C..%5Cetc", "%00", "%2e%2e%2f", "a%2Fb"})
  void anAddressThatMakesNoSenseIsABadRequest(String id) {
    assertProblem(client.get("/import/backfill/" + id + "/status"), 400, "bad-request");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"/import", "/import/backfills", "/import/backfill/x/y", "/favicon.ico", "/error"})
  void anUnknownPathIsNotFound(String path) {
    assertProblem(client.get(path), 404, "not-found");
  }

  /** Addresses of a check and of a job that do not exist. */
  @ParameterizedTest
  @ValueSource(strings = {"validate", "progress", "rollback"})
  void anAddressOfTwoKindsIsOfOne(String id) {
    for (String type : List.of("*/*", "application/json", "text/event-stream")) {
      HttpRequest.Builder request = client.request("/import/backfill/validate/" + id);
      assertThat(client.send(request.header("Accept", type)).status()).isEqualTo(404);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "GET, /import/backfill/start, POST",
    "DELETE, /import/backfill/start, POST",
    "PUT, /import/backfill/start, POST",
    "POST, /import/backfill/00000000-0000-4000-8000-000000000000/status, GET",
    "DELETE, /import/backfill/00000000-0000-4000-8000-000000000000/status, GET",
    "PUT, /import/backfill/00000000-0000-4000-8000-000000000000/errors, GET",
    "GET, /import/backfill/00000000-0000-4000-8000-000000000000/resume, POST",
    "GET, /import/backfill/00000000-0000-4000-8000-000000000000/corrections, POST",
    "PUT, /import/backfill/00000000-0000-4000-8000-000000000000/validate, GET",
    "DELETE, /cli/kintell, GET",
    "PUT, /console/session, DELETE",
    "POST, /health, GET"
  })
  void aWrongMethodIsNotAllowed(String method, String path, String allowed) {
    Answer answer = client.send(client.request(path).method(method, BodyPublishers.noBody()));
    assertProblem(answer, 405, "method-not-allowed", allowed);
    assertThat(answer.header("Allow")).contains(allowed);
  }

  /** Anybody may send one to sign in. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"key\":\"a\",\"key\":\"b\"}",
        "{\"key\":{\"key\":[]}}",
        "{\"key\":",
        "key=a",
        "[]",
        "[[[[]]]]",
        "null",
        ""
      })
  void aBodyThatIsNotWhatTheRequestTakesIsNotConverted(String body) {
    assertProblem(
        post("/console/session", "application/json", body), 400, "bad-request", "not valid JSON");
  }

  @ParameterizedTest
  @CsvSource({"a, 12000, 404", "a/, 6000, 404", "%20, 4000, 404", "a, 20000, 400"})
  void aLongAddressIsAnsweredLikeAShortOne(String part, int times, int status) {
    assertProblem(
        client.get("/import/" + part.repeat(times)),
        status,
        status == 404 ? "not-found" : "bad-request");
  }

  private Answer post(String path, String contentType, String body) {
    HttpRequest.Builder request = client.request(path).POST(BodyPublishers.ofString(body));
    return client.send(contentType == null ? request : request.header("Content-Type", contentType));
  }

  private String create() {
    return client.start(START, SessionFiles.good(1), 201);
  }

  private void assertStatus(String job, String status) {
    assertThat(client.status(job).json().path("status").asText()).isEqualTo(status);
  }

  private void assertNoJobs() {
    assertThat(jdbc.sql("SELECT count(*) FROM backfill_jobs").query(Long.class).single()).isZero();
  }
}
