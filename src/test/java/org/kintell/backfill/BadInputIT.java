package org.kintell.backfill;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.common.primitives.Bytes;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.kintell.backfill.BackfillClient.Answer;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Whatever is sent, the answer says what to do about it, and nothing that was there is lost. */
@IntegrationTest
class BadInputIT {

  private static final String HEADER =
      "session_id,session_type,participant_email,volunteer_email,date,duration_min,rating,"
          + "feedback_text,language_level\n";
  private static final String ROW =
      ",Mentorship,john@example.com,sarah@example.com,2024-01-15T10:00:00Z,60,5,Good,B1\n";
  private static final String START = "/import/backfill/start";

  @Autowired BackfillClient client;
  @Autowired Sessions sessions;
  @Autowired JdbcClient jdbc;

  @BeforeEach
  void addUsers() {
    sessions.addUsers("john@example.com", "sarah@example.com");
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

  @Test
  void anEmptyFileIsRefused() {
    for (String empty : new String[] {"", "\n\n \r\n", "\ufeff"}) {
      assertProblem(client.start("x.csv", empty), 400, "empty-file");
    }
    assertNoJobs();
  }

  @Test
  void whatIsNoCsvIsRefused() {
    byte[] png = {
      (byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n', 0, 0, 0, 13, 'I', 'H', 'D', 'R'
    };
    assertProblem(client.start("x.csv", png), 400, "not-csv", "PNG");
    assertProblem(client.start("x.csv", zip()), 400, "not-csv", "ZIP");
    byte[] utf16 = ("\ufeff" + HEADER).getBytes(StandardCharsets.UTF_16LE);
    assertProblem(client.start("x.csv", utf16), 400, "not-csv", "UTF-16");
    byte[] latin = "session_id,née\n".getBytes(StandardCharsets.ISO_8859_1);
    assertProblem(client.start("x.csv", latin), 400, "not-csv", "UTF-8");
    assertProblem(client.start("x.csv", "\"never closed\n" + HEADER), 400, "not-csv");
    assertProblem(client.start("x.csv", "<html><body>502</body></html>"), 400, "missing-columns");
    assertNoJobs();
  }

  @Test
  void missingAndRepeatedColumnsAreNamedAllOfThem() {
    String lacking = HEADER.replace("date,", "").replace("rating,", "");
    assertProblem(client.start("x.csv", lacking + "x\n"), 400, "missing-columns", "date", "rating");
    String doubled = HEADER.replace("date,", "date, DATE ,").replace("rating", "rating,\"Rating\"");
    assertProblem(client.start("x.csv", doubled), 400, "repeated-columns", "date", "rating");
    assertNoJobs();
  }

  @Test
  void missingAndRepeatedColumnsAreNamedTogether() {
    String both = HEADER.replace("date,", "").replace("rating,", "rating, Rating,");
    assertProblem(
        client.start("x.csv", both), 400, "missing-columns", "lacks: date.", "than once: rating.");
    assertNoJobs();
  }

  @Test
  void linesThatEndWithCarriageReturnAloneAreRefused() {
    String old = (HEADER + "S-1" + ROW).replace('\n', '\r');
    assertProblem(client.start("x.csv", old), 400, "not-csv", "CR alone", "LF");
    assertNoJobs();
  }

  @ParameterizedTest
  @ValueSource(strings = {START, "/import/backfill/validate"})
  void oneOfSeveralFilesIsNotTakenForAll(String path) {
    byte[] file = (HEADER + "S-1" + ROW).getBytes(StandardCharsets.UTF_8);
    Multipart two = new Multipart().file("a.csv", file).file("b.csv", file);
    assertProblem(client.send(two.post(client.request(path))), 400, "several-files", "2 parts");
    String job = create("S-1" + ROW);
    String resume = "/import/backfill/" + job + "/resume";
    assertProblem(client.send(two.post(client.request(resume))), 400, "several-files");
    assertStatus(job, "pending");
  }

  @ParameterizedTest
  @ValueSource(strings = {"TRUE", "yes", "1", ""})
  void whoeverWantsAJobToRunAtOnceMustSayItClearly(String autostart) {
    byte[] file = (HEADER + "S-1" + ROW).getBytes(StandardCharsets.UTF_8);
    Answer answer =
        client.upload(START + "?autostart=" + autostart, "x.csv", new ByteArrayInputStream(file));
    assertProblem(answer, 400, "invalid-parameter", "autostart", "true or false");
    assertNoJobs();
  }

  @Test
  void aDamagedGzipIsRefused() {
    byte[] packed = gzip(HEADER + ("S-1" + ROW).repeat(5000));
    byte[] cut = Arrays.copyOf(packed, packed.length / 2);
    byte[] damaged = packed.clone();
    Arrays.fill(damaged, packed.length / 2, packed.length - 8, (byte) 0x55);
    assertProblem(client.start("x.csv.gz", cut), 400, "damaged-gzip");
    assertProblem(client.start("x.csv.gz", damaged), 400, "damaged-gzip");
    assertProblem(client.start("x.csv.gz", Arrays.copyOf(packed, 2)), 400, "damaged-gzip");
    assertProblem(client.start("x.csv.gz", gzip("")), 400, "empty-file");
    // Several members are one file; whatever else follows one may be what is left of another.
    byte[] second = gzip("S-2" + ROW);
    second[0] = 0;
    for (byte[] rest : List.of(second, new byte[] {'x'}, new byte[100_000])) {
      assertProblem(client.start("x.csv.gz", Bytes.concat(packed, rest)), 400, "damaged-gzip");
    }
    assertNoJobs();
  }

  @Test
  void aFileCutWithinAQuotedFieldLosesThatRowOnly() {
    String cut = HEADER + "S-1" + ROW + "S-2" + ROW.replace("Good", "\"Good") + "S-3" + ROW;
    JsonNode end = client.importFile("x.csv", cut.getBytes(StandardCharsets.UTF_8));
    assertThat(end.path("successfulRows").asInt()).isEqualTo(2);
    assertThat(sessions.ids()).containsExactly("S-1", "S-3");
    assertThat(client.errors(end.path("jobId").asText()).text()).contains(",2,Invalid quoting\n");
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
    assertProblem(post(START, contentType, HEADER + "S-1" + ROW), 415, "not-multipart");
    String job = create("S-1" + ROW);
    assertProblem(
        post("/import/backfill/" + job + "/resume", contentType, HEADER), 415, "not-multipart");
    assertProblem(
        post("/import/backfill/" + job + "/pause", contentType, "{}"),
        415,
        "not-multipart",
        "leave out the body");
    assertStatus(job, "pending");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"text/csv", "application/json", "application/x-www-form-urlencoded", "nonsense"})
  void anEmptyBodyIsNoBodyWhateverItsType(String contentType) {
    String job = create("S-1" + ROW);
    Answer end = post("/import/backfill/" + job + "/resume", contentType, "");
    assertThat(end.status()).as(end.text()).isEqualTo(200);
    assertStatus(job, "completed");
  }

  @Test
  void aMultipartBodyCutShortIsRefused() {
    String cut =
        "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"x.csv\"\r\n\r\nsession_id,";
    assertProblem(post(START, "multipart/form-data; boundary=b", cut), 400, "damaged-upload");
    assertProblem(post(START, "multipart/form-data", cut), 400, "damaged-upload");
    assertNoJobs();
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
      strings = {
        "/",
        "/import",
        "/import/backfills",
        "/import/backfill/x/y",
        "/favicon.ico",
        "/error"
      })
  void anUnknownPathIsNotFound(String path) {
    assertProblem(client.get(path), 404, "not-found");
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
    "POST, /health, GET"
  })
  void aWrongMethodIsNotAllowed(String method, String path, String allowed) {
    Answer answer = client.send(client.request(path).method(method, BodyPublishers.noBody()));
    assertProblem(answer, 405, "method-not-allowed", allowed);
    assertThat(answer.header("Allow")).contains(allowed);
  }

  @Test
  void resumeWithOtherContentChangesNothing() {
    String job = create("S-1" + ROW);
    byte[] other = (HEADER + "S-2" + ROW).getBytes(StandardCharsets.UTF_8);
    assertProblem(client.resume(job, "x.csv", other), 409, "other-content", job);
    assertProblem(client.resume(job, "x.csv", new byte[0]), 409, "other-content", job);
    assertStatus(job, "pending");
    assertThat(sessions.ids()).isEmpty();

    byte[] same = (HEADER + "S-1" + ROW).getBytes(StandardCharsets.UTF_8);
    assertThat(client.resume(job, "renamed.csv.gz", gzip(HEADER + "S-1" + ROW)).status())
        .isEqualTo(200);
    assertThat(sessions.ids()).containsExactly("S-1");
    assertProblem(client.resume(job, "x.csv", same), 409, "wrong-state", "completed");
    assertProblem(client.resume(job), 409, "wrong-state", "completed");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "../../../../etc/passwd",
        "..\\\\..\\\\x.csv",
        "line%0D%0Abreak.csv",
        "🎉 sessions 日本.csv",
        "a;b=c'd.csv",
        ""
      })
  void anyFileNameIsTakenAndNoneIsAPath(String name) {
    Answer start = client.start(name, HEADER + "S-1" + ROW);
    if (name.isEmpty()) {
      assertThat(start.status()).isIn(201, 400);
      return;
    }
    assertThat(start.status()).as(start.text()).isEqualTo(201);
    assertThat(start.json().path("fileName").asText())
        .isNotEmpty()
        .doesNotContain("/", "\\", "\n", "\r")
        .isEqualTo(start.json().path("fileName").asText().strip());
    assertThat(client.resume(start.jobId()).status()).isEqualTo(200);
  }

  @Test
  void aLongFileNameIsCut() {
    Answer start = client.start("é".repeat(4000) + ".csv", HEADER + "S-1" + ROW);
    assertThat(start.status()).as(start.text()).isEqualTo(201);
    assertThat(start.json().path("fileName").asText()).hasSizeBetween(1, 255).startsWith("éé");
  }

  private String create(String rows) {
    Answer start = client.start("x.csv", HEADER + rows);
    assertThat(start.status()).as(start.text()).isEqualTo(201);
    return start.jobId();
  }

  private Answer post(String path, String contentType, String body) {
    HttpRequest.Builder request = client.request(path).POST(BodyPublishers.ofString(body));
    return client.send(contentType == null ? request : request.header("Content-Type", contentType));
  }

  private void assertStatus(String job, String status) {
    assertThat(client.status(job).json().path("status").asText()).isEqualTo(status);
  }

  private void assertNoJobs() {
    assertThat(jdbc.sql("SELECT count(*) FROM backfill_jobs").query(Long.class).single()).isZero();
  }

  static void assertProblem(Answer answer, int status, String type, String... inDetail) {
    assertThat(answer.status()).as(answer.text()).isEqualTo(status);
    assertThat(answer.header("Content-Type"))
        .as(answer.text())
        .startsWith("application/problem+json");
    JsonNode problem = answer.json();
    assertThat(problem.path("type").asText()).isEqualTo("urn:kintell-connector:problem:" + type);
    assertThat(problem.path("title").asText()).isNotBlank();
    assertThat(problem.path("status").asInt()).isEqualTo(status);
    assertThat(problem.path("detail").asText()).isNotBlank();
    for (String part : inDetail) {
      assertThat(problem.path("detail").asText()).contains(part);
    }
    assertThat(problem.path("error").asText()).isNotBlank();
    assertThat(answer.text()).doesNotContain("Exception", "\tat ", "org.kintell");
  }

  private static byte[] gzip(String text) {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(packed)) {
      out.write(text.getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return packed.toByteArray();
  }

  private static byte[] zip() {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (ZipOutputStream out = new ZipOutputStream(packed)) {
      out.putNextEntry(new ZipEntry("x.csv"));
      out.write(HEADER.getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return packed.toByteArray();
  }
}
