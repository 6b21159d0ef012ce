package org.kintell.backfill.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.common.collect.Streams;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.kintell.backfill.testsupport.BackfillClient;
import org.kintell.backfill.testsupport.BackfillClient.Answer;
import org.kintell.backfill.testsupport.EmptyTables;
import org.kintell.backfill.testsupport.Packed;
import org.kintell.backfill.testsupport.ServiceProcess;
import org.kintell.backfill.testsupport.SessionFiles;
import org.kintell.backfill.testsupport.TwoProcesses;
import org.springframework.util.FileSystemUtils;

/** Files are in a bucket, and two processes without a folder in common do everything with them. */
class ObjectStoreIT {

  private static final String PREFIX = "team/backfill";
  private static final String UPLOADS = PREFIX + "/uploads/";
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private static TwoProcesses two;

  @BeforeAll
  static void start() {
    two = TwoProcesses.in(PREFIX);
  }

  @AfterAll
  static void close() {
    two.close();
  }

  @BeforeEach
  void forgetJobs() {
    EmptyTables.emptyJobs(two.database().jdbc());
  }

  /** Every tenth row has a wrong rating, every seventh repeats an earlier id. */
  private static String file(String id, int rows) {
    StringBuilder file = new StringBuilder(SessionFiles.HEADER);
    for (int row = 1; row <= rows; row++) {
      String session = id + (row % 7 == 0 ? row - 3 : row);
      file.append(SessionFiles.row(session, row % 10 == 0 ? "9" : "4"));
    }
    return file.toString();
  }

  @Test
  void oneProcessReceivesAFileAndTheOtherDoesTheRest() throws IOException {
    String job = two.first().client().start("sessions.csv", file("A-", 1_000)).jobId();
    assertThat(two.s3().keys(UPLOADS))
        .contains(UPLOADS + job + ".csv", UPLOADS + job + ".aside.csv");
    assertThat(two.s3().keys(PREFIX + "/new/")).as("marks of uploads without a job").isEmpty();
    JsonNode check =
        two.second().client().send(post("/import/backfill/" + job + "/validate")).json();
    assertThat(check.path("totalRows").asInt()).as(check.toString()).isEqualTo(1_000);

    JsonNode end = two.second().client().resume(job).json();

    assertThat(end.path("status").asText()).as(end.toString()).isEqualTo("completed");
    String errors = two.first().client().errors(job).text();
    assertThat(end.path("errorFilePath").asText())
        .isEqualTo("s3://kintell/" + PREFIX + "/errors/backfill_errors_" + job + ".csv");
    assertThat(two.s3().text(end.path("errorFilePath").asText())).isEqualTo(errors);

    String corrected = errors.replace(",60,9,", ",60,4,");
    JsonNode child =
        two.second()
            .client()
            .importFile(
                "backfill_errors_" + job + ".csv", corrected.getBytes(StandardCharsets.UTF_8));
    assertThat(child.path("parentJobId").asText()).as(child.toString()).isEqualTo(job);
    assertThat(child.path("successfulRows").asInt()).isPositive();
    Answer retry = two.first().client().ask(job, "retry");
    assertThat(retry.status()).as(retry.text()).isEqualTo(202);
    awaitStatus(retry.jobId(), "completed");

    assertThat(two.second().client().ask(job, "rollback").status()).isIn(200, 202);
    awaitStatus(job, "rolled_back");
    assertThat(files(two.first())).as("stored files on this machine").isEmpty();
    assertThat(files(two.second())).isEmpty();
  }

  @Test
  void bothLoadOneJob() {
    String job = two.first().client().start("sessions.csv", file("B-", 4_000)).jobId();
    JsonNode end = two.second().client().resume(job).json();

    assertThat(end.path("status").asText()).as(end.toString()).isEqualTo("completed");
    assertThat(
            two.database()
                .jdbc()
                .sql("SELECT count(DISTINCT loader) FROM backfill_chunks WHERE job_id = ?")
                .param(UUID.fromString(job))
                .query(Integer.class)
                .single())
        .isEqualTo(2);
    assertConsistent(job);
  }

  /** Also of a tail chunk, whose rows lie all over the file. */
  @Test
  void aChunkIsOneRequest() {
    String job = two.first().client().start("sessions.csv", file("C-", 2_000)).jobId();
    two.s3().wire().requests().clear();

    assertThat(two.second().client().resume(job).json().path("status").asText())
        .isEqualTo("completed");

    assertThat(chunks(job, false)).isEqualTo(40);
    assertThat(chunks(job, true)).isGreaterThan(3);
    assertThat(two.s3().requests("GET", UPLOADS + job + ".csv")).hasSize(chunks(job, false));
    assertThat(two.s3().requests("GET", UPLOADS + job + ".aside.csv")).hasSize(chunks(job, true));
    assertThat(two.s3().wire().requests())
        .filteredOn(request -> !request.contains("?prefix="))
        .as("apart from the error file and looks into the inbox")
        .hasSize(chunks(job, false) + chunks(job, true) + 1);
  }

  @Test
  void aFileIsStoredInPartsIfItIsLarge() {
    String feedback = "x".repeat(9_000);
    StringBuilder large = new StringBuilder(SessionFiles.HEADER);
    for (int row = 0; row < 4_000; row++) {
      large.append(SessionFiles.row("D-" + row, "4").replace("Fine", feedback));
    }
    two.s3().wire().requests().clear();
    String job = two.first().client().start("large.csv", large.toString()).jobId();

    String key = UPLOADS + job + ".csv";
    assertThat(two.s3().requests("PUT", key))
        .hasSize(3)
        .allMatch(line -> line.contains("partNumber="));
    assertThat(two.s3().text(key).equals(large.toString())).as("the same file").isTrue();
    assertThat(two.second().client().resume(job).json().path("status").asText())
        .isEqualTo("completed");
    assertConsistent(job);
  }

  @Test
  void anObjectThatIsGoneFailsItsJobUntilTheFileIsSentAgain() {
    byte[] file = file("E-", 300).getBytes(StandardCharsets.UTF_8);
    String job = two.first().client().start("sessions.csv", file).jobId();
    two.s3().delete(UPLOADS + job + ".aside.csv");

    JsonNode end = two.second().client().resume(job).json();
    assertThat(end.path("status").asText()).as(end.toString()).isEqualTo("failed");
    assertThat(end.path("message").asText())
        .contains("s3://kintell/" + UPLOADS + job + ".aside.csv", "send it once more with resume");

    assertThat(two.first().client().resume(job, "sessions.csv", file).status()).isIn(200, 202);
    awaitStatus(job, "completed");
    assertConsistent(job);
  }

  @Test
  void anObjectThatWasReplacedFailsItsJobUntilTheFileIsSentAgain() {
    byte[] file = file("F-", 300).getBytes(StandardCharsets.UTF_8);
    String job = two.first().client().start("sessions.csv", file).jobId();
    String key = UPLOADS + job + ".csv";
    two.s3().put(key, two.s3().text(key).replace(",4,Fine", ",5,Fine"));

    JsonNode end = two.second().client().resume(job).json();
    assertThat(end.path("status").asText()).as(end.toString()).isEqualTo("failed");
    assertThat(end.path("message").asText())
        .contains("s3://kintell/" + key, "ETag differs", "send it once more with resume");

    assertThat(two.first().client().resume(job, "sessions.csv", file).status()).isIn(200, 202);
    awaitStatus(job, "completed");
    assertConsistent(job);
  }

  @Test
  void aRefusedFileLeavesNothing() {
    int before = two.s3().keys(PREFIX).size();
    assertThat(two.first().client().start("x.csv", "no,header\n1,2\n").status()).isEqualTo(400);
    assertThat(two.s3().keys(PREFIX)).hasSize(before);
  }

  @Test
  void anErasureReachesAllObjects() throws IOException {
    String jane = "jane@example.com";
    String row = SessionFiles.row("G-1", "9").replace(SessionFiles.PARTICIPANT, jane);
    JsonNode end =
        two.first()
            .client()
            .importFile(
                "sessions.csv",
                (SessionFiles.HEADER + row.repeat(3)).getBytes(StandardCharsets.UTF_8));
    String job = end.path("jobId").asText();
    List<String> keys =
        List.of(
            UPLOADS + job + ".csv",
            UPLOADS + job + ".aside.csv",
            PREFIX + "/errors/backfill_errors_" + job + ".csv");
    assertThat(keys).allMatch(key -> two.s3().text(key).contains(jane));

    JsonNode report = erase(jane);

    assertThat(report.at("/storedUploads/rows").asInt()).isEqualTo(3);
    assertThat(report.at("/errorFiles/rows").asInt()).isEqualTo(3);
    assertThat(keys).noneMatch(key -> two.s3().text(key).contains(jane));
    assertThat(two.s3().text(keys.get(2))).isEqualTo(two.first().client().errors(job).text());
  }

  /** A service with a bucket searches the folder of its inbox too. */
  @Test
  void anErasureFindsTheSameInABucketAsInAFolder() throws IOException {
    String kim = "kim@example.com";
    String row = SessionFiles.row("I-1", "4").replace(SessionFiles.PARTICIPANT, kim);
    String rows = SessionFiles.HEADER + row;
    Map<String, byte[]> files =
        Map.of(
            "rows.csv", utf8(rows),
            "packed.csv.gz", Packed.gzip(utf8(rows)),
            "bomb.csv.gz", Packed.gzip(utf8("a".repeat(1 << 24) + rows)),
            "damaged.csv.gz", ("\u001f\u008b" + rows).getBytes(StandardCharsets.ISO_8859_1),
            "holes.csv", utf8(rows + "\0".repeat(1 << 17)),
            "headless.csv", utf8(kim + "\n"));
    Path folder = Files.createDirectories(two.second().folder().resolve("inbox/done"));
    String bucket = PREFIX + "/inbox/done/";
    try {
      for (Map.Entry<String, byte[]> file : files.entrySet()) {
        Files.write(folder.resolve(file.getKey()), file.getValue());
        two.s3().put(bucket + file.getKey(), file.getValue());
      }

      JsonNode report = erase(kim);

      assertThat(report.at("/inboxFiles/files").asInt()).as(report.toString()).isEqualTo(2);
      assertThat(report.at("/inboxFiles/rows").asInt()).isEqualTo(2);
      Map<Boolean, Set<String>> left =
          Streams.stream(report.path("notCovered"))
              .map(JsonNode::asText)
              .filter(line -> line.contains("/done/"))
              .collect(
                  Collectors.partitioningBy(
                      line -> line.startsWith("s3://"),
                      Collectors.mapping(
                          line -> line.substring(line.indexOf("/done/")), Collectors.toSet())));
      assertThat(left.get(true)).hasSize(5).isEqualTo(left.get(false));
      assertThat(two.s3().text(bucket + "rows.csv"))
          .doesNotContain(kim)
          .isEqualTo(Files.readString(folder.resolve("rows.csv")));
    } finally {
      FileSystemUtils.deleteRecursively(folder);
    }
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static JsonNode erase(String email) {
    Answer report =
        two.second()
            .client()
            .send(
                two.second()
                    .client()
                    .request("/import/backfill/erasure")
                    .header("Content-Type", "application/json")
                    .POST(BodyPublishers.ofString("{\"email\": \"" + email + "\"}")));
    assertThat(report.status()).as(report.text()).isEqualTo(200);
    return report.json();
  }

  @Test
  void aDryRunLeavesNoObject() {
    int before = two.s3().keys(UPLOADS).size();
    Answer report =
        two.first()
            .client()
            .upload(
                "/import/backfill/validate",
                "x.csv",
                new ByteArrayInputStream(file("H-", 200).getBytes(StandardCharsets.UTF_8)));
    assertThat(report.status()).as(report.text()).isEqualTo(200);
    assertThat(two.s3().keys(UPLOADS)).hasSize(before);
  }

  private static HttpRequest.Builder post(String path) {
    return two.second().client().request(path).POST(BodyPublishers.noBody());
  }

  private static int chunks(String job, boolean tail) {
    return two.database()
        .jdbc()
        .sql("SELECT count(*) FROM backfill_chunks WHERE job_id = ? AND tail = ?")
        .params(UUID.fromString(job), tail)
        .query(Integer.class)
        .single();
  }

  private static void awaitStatus(String job, String status) {
    await()
        .atMost(PATIENCE)
        .until(
            () -> two.second().client().status(job).json().path("status").asText().equals(status));
  }

  private static void assertConsistent(String job) {
    BackfillClient client = two.first().client();
    JsonNode verification = client.get("/import/backfill/" + job + "/verify").json();
    assertThat(verification.path("consistent").asBoolean()).as(verification.toString()).isTrue();
  }

  /** Files with rows in the folders of a process. */
  private static List<Path> files(ServiceProcess process) throws IOException {
    try (Stream<Path> files = Files.walk(process.folder())) {
      return files.filter(file -> file.toString().endsWith(".csv")).toList();
    }
  }
}
