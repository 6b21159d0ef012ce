package org.kintell.backfill.erasure;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.kintell.backfill.testsupport.ProblemAssert.assertProblem;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.sql.Connection;
import java.sql.Statement;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.kintell.backfill.config.BackfillSettings;
import org.kintell.backfill.testsupport.BackfillClient;
import org.kintell.backfill.testsupport.BackfillClient.Answer;
import org.kintell.backfill.testsupport.BlockedStatements;
import org.kintell.backfill.testsupport.Database;
import org.kintell.backfill.testsupport.IntegrationTest;
import org.kintell.backfill.testsupport.SessionFiles;
import org.kintell.backfill.testsupport.Sessions;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;
import org.springframework.util.FileSystemUtils;

/** An erasure removes one person from all data of the service, and no other person. */
@IntegrationTest
class ErasureIT {

  private static final String JANE = "jane.doe@example.com";
  private static final String OTHER = "other@example.com";
  private static final String SECRET = "She told me about her illness";
  private static final String HEADER =
      "session_id,session_type,participant_email,volunteer_email,date,duration_min,rating,"
          + "feedback_text,language_level,notes\n";

  /** Rows of Jane in all forms of a row; each except the first is a reject. */
  private static final List<String> HERS =
      List.of(
          row("J-1", JANE, OTHER, "5", SECRET, "B1", ""),
          row(
              "J-2",
              "\"JANE.Doe@Example.com\"",
              OTHER,
              "9",
              "\"" + SECRET + ", \"\"really\"\"\"",
              "",
              ""),
          row("J-3", OTHER, " " + JANE + " ", "9", "\"" + SECRET + "\nand more\"", "", ""),
          row("J-4", OTHER, OTHER, "9", SECRET, "", "\"ask <" + JANE + ">, please\""),
          row("J-5", JANE.replace("@", "+x@") + ";" + JANE, OTHER, "9", SECRET, "", ""),
          // Too few fields, and broken quoting: the feedback cannot be located.
          "J-6,Language Connect," + JANE + "," + SECRET,
          "J-7,Language Connect," + JANE + ",\"x\" y," + SECRET,
          row("J-8", JANE, OTHER, "9", SECRET + " \u00fcber alles", "", ""));

  private static final List<String> OTHERS =
      List.of(
          row("O-1", OTHER, OTHER, "5", "Fine", "B1", ""),
          row("O-2", "mary-" + JANE, OTHER, "9", "Kept", "", ""),
          row("O-3", JANE + ".au", OTHER, "9", "Kept", "", ""),
          row("O-4", "not" + JANE, OTHER, "9", "Kept", "", "x" + JANE));

  @Autowired BackfillClient client;
  @Autowired Sessions sessions;
  @Autowired JdbcClient jdbc;
  @Autowired BackfillSettings settings;
  @Autowired Database database;
  @Autowired PlatformTransactionManager transactions;

  private static String row(
      String id,
      String participant,
      String volunteer,
      String rating,
      String feedback,
      String level,
      String notes) {
    return "%s,Language Connect,%s,%s,2024-01-15T10:00:00Z,60,%s,%s,%s,%s"
        .formatted(id, participant, volunteer, rating, feedback, level, notes);
  }

  private static byte[] file() {
    return (HEADER + String.join("\n", HERS) + "\n" + String.join("\n", OTHERS) + "\n")
        .getBytes(StandardCharsets.UTF_8);
  }

  @BeforeEach
  void addUsers() throws IOException {
    sessions.addUsers(JANE, OTHER);
    clean();
  }

  @AfterEach
  void clean() throws IOException {
    FileSystemUtils.deleteRecursively(settings.inboxDir().resolve("done"));
    FileSystemUtils.deleteRecursively(settings.inboxDir().resolve("failed"));
    for (File upload : settings.dataDir().resolve("uploads").toFile().listFiles()) {
      Files.deleteIfExists(upload.toPath());
    }
  }

  @Test
  void aPersonIsErasedFromAllThatIsKeptAndOthersStay() throws IOException {
    String job = imported();
    Path stored = settings.dataDir().resolve("uploads").resolve(job + ".csv");
    Path errors = Path.of(client.status(job).json().path("errorFilePath").asText());
    Path done = inbox("done/x.csv", file());
    Path doneErrors = inbox("done/x.errors.csv", client.errors(job).bytes());
    Path reason =
        inbox("failed/y.reason.txt", ("The header is " + JANE).getBytes(StandardCharsets.UTF_8));
    Path packed = inbox("done/z.csv.gz", gzip(file()));
    Files.setLastModifiedTime(done, FileTime.fromMillis(1_000_000));
    long length = Files.size(stored);
    byte[] before = Files.readAllBytes(stored);
    long errorLength = Files.size(errors);

    JsonNode preview = erase("?dryRun=true", JANE).json();
    assertThat(Files.readAllBytes(stored)).isEqualTo(before);
    JsonNode report = erase("", "Jane.DOE@example.com").json();

    assertThat(report.path("dryRun").asBoolean()).isFalse();
    for (String part :
        List.of("storedUploads", "errorFiles", "inboxFiles", "database", "notCovered")) {
      assertThat(report.path(part)).as(part).isEqualTo(preview.path(part));
    }
    assertThat(report.at("/storedUploads/files").asInt()).isEqualTo(1);
    assertThat(report.at("/storedUploads/rows").asInt()).isEqualTo(8);
    assertThat(report.at("/errorFiles/rows").asInt()).isEqualTo(7);
    assertThat(report.at("/inboxFiles/files").asInt()).isEqualTo(2);
    assertThat(report.at("/inboxFiles/rows").asInt()).isEqualTo(15);
    assertThat(report.at("/database/rejects").asInt()).isEqualTo(7);
    assertThat(report.at("/database/sessions").asInt()).isEqualTo(1);
    assertThat(report.path("notCovered").toString())
        .contains("users", "backups", packed.toString(), reason.toString());
    for (Path file : List.of(stored, errors, done, doneErrors)) {
      String text = Files.readString(file);
      assertNobodyButJaneIsErased(text);
    }
    assertThat(client.errors(job).bytes()).isEqualTo(Files.readAllBytes(errors));
    assertThat(Files.size(stored)).isEqualTo(length);
    assertThat(Files.size(errors)).isEqualTo(errorLength);
    assertThat(Files.getLastModifiedTime(done)).isEqualTo(FileTime.fromMillis(1_000_000));
    assertThat(feedbackOf("J-1")).isNull();
    assertThat(feedbackOf("O-1")).isEqualTo("Fine");
    assertTheDatabaseHasTheBytesOfTheFile(job, stored);
    JsonNode verification = client.get("/import/backfill/" + job + "/verify").json();
    assertThat(verification.path("consistent").asBoolean()).as(verification.toString()).isTrue();
    assertThat(erase("", JANE).json().at("/storedUploads/rows").asInt()).isZero();
  }

  /** A message repeats the first 80 characters. */
  @Test
  void ofALongAddressNothingStays() throws IOException {
    String address = "jane@" + "long.".repeat(20) + "example.com";
    String file =
        SessionFiles.HEADER
            + SessionFiles.row("L-1", "4").replace(SessionFiles.PARTICIPANT, address);
    String job =
        client.importFile("long.csv", file.getBytes(StandardCharsets.UTF_8)).path("jobId").asText();
    assertThat(client.errors(job).text()).contains("Participant not found: jane@long");

    erase("", address);

    assertThat(client.errors(job).text()).doesNotContain("jane", "long");
    assertThat(Path.of(client.status(job).json().path("errorFilePath").asText()))
        .content()
        .doesNotContain("jane", "long");
  }

  private static void assertNobodyButJaneIsErased(String text) {
    String others =
        text.replace("mary-" + JANE, "")
            .replace(JANE + ".au", "")
            .replace("not" + JANE, "")
            .replace("x" + JANE, "")
            .replace(JANE.replace("@", "+x@"), "");
    assertThat(others.toLowerCase(java.util.Locale.ROOT)).doesNotContain(JANE);
    assertThat(text).doesNotContain(SECRET).doesNotContain("and more").doesNotContain("really");
    assertThat(text).contains("mary-" + JANE, JANE + ".au", "not" + JANE, "x" + JANE, "Kept");
  }

  /** SQL erases the same bytes of a reject as Java does in its file. */
  private void assertTheDatabaseHasTheBytesOfTheFile(String job, Path stored) throws IOException {
    byte[] file = Files.readAllBytes(stored);
    jdbc.sql("SELECT raw, raw_offset, raw_length FROM backfill_rejects WHERE job_id = ?")
        .param(UUID.fromString(job))
        .query(
            row -> {
              int from = (int) row.getLong("raw_offset");
              assertThat(row.getBytes("raw"))
                  .asString(StandardCharsets.UTF_8)
                  .isEqualTo(
                      new String(
                          Arrays.copyOfRange(file, from, from + (int) row.getLong("raw_length")),
                          StandardCharsets.UTF_8));
            });
  }

  @Test
  void aJobThatIsNotOverIsNamedAndNothingIsErased() throws IOException {
    String over = imported();
    String pending = client.start("next.csv", file()).jobId();

    assertProblem(
        erase("", JANE), 409, "job-not-over", pending + " (pending)", "Nothing was erased");
    assertThat(erase("?dryRun=true", JANE).status()).isEqualTo(200);
    assertThat(feedbackOf("J-1")).isEqualTo(SECRET);
    assertThat(client.errors(over).text()).contains(SECRET);

    client.ask(pending, "cancel");
    assertThat(erase("", JANE).json().at("/storedUploads/rows").asInt()).isEqualTo(16);
  }

  @Test
  void theFunctionErasesWhatIsInTheDatabase() {
    String job = imported();
    jdbc.sql(
            "INSERT INTO staging_csv_table (session_id, participant_email, volunteer_email, feedback_text)"
                + " VALUES ('a', ?, ?, ?), ('b', ?, ?, 'Kept')")
        .params(JANE.toUpperCase(java.util.Locale.ROOT), OTHER, SECRET, OTHER, OTHER)
        .update();

    jdbc.sql("SELECT * FROM backfill_erase(?)").param(JANE).query(row -> {});

    assertNobodyButJaneIsErased(client.errors(job).text());
    assertThat(feedbackOf("J-1")).isNull();
    assertThat(
            jdbc.sql("SELECT session_id FROM staging_csv_table WHERE feedback_text IS NOT NULL")
                .query(String.class)
                .list())
        .containsExactly("b");
    jdbc.sql("UPDATE backfill_jobs SET status = 'failed'").update();
    assertThatThrownBy(
            () -> jdbc.sql("SELECT * FROM backfill_erase(?)").param(OTHER).query(row -> {}))
        .hasMessageContaining("not over: " + job);
    assertThatThrownBy(() -> jdbc.sql("SELECT * FROM backfill_erase('jane')").query(row -> {}))
        .hasMessageContaining("no e-mail address");
  }

  @Test
  void resultFoldersOfAnotherUserAreNamedAndLeftAlone(@TempDir Path outside) throws IOException {
    assumeTrue(
        "root".equals(System.getProperty("user.name")), "Only root can give files to others");
    Path secret = Files.write(outside.resolve("x.csv"), file());
    Path link = Files.createSymbolicLink(settings.inboxDir().resolve("done"), outside);
    Files.setAttribute(link, "unix:uid", 65534, LinkOption.NOFOLLOW_LINKS);
    Path failed = inbox("failed/x.csv", file());
    Files.setAttribute(failed.getParent(), "unix:uid", 65534);
    try {
      JsonNode report = erase("", JANE).json();

      assertThat(report.at("/inboxFiles/files").asInt()).isZero();
      assertThat(report.path("notCovered").toString())
          .contains(link + ": cannot be read", failed.getParent() + ": cannot be read");
      assertThat(secret).hasBinaryContent(file());
      assertThat(failed).hasBinaryContent(file());
    } finally {
      Files.delete(link);
    }
  }

  @Test
  void asksThatComeWhileOneRunsAreSentAwayAndDoNotWait() throws Exception {
    imported();
    try (Connection other = database.connect();
        Statement lock = other.createStatement()) {
      other.setAutoCommit(false);
      lock.execute("LOCK TABLE kintell_sessions IN EXCLUSIVE MODE");
      CompletableFuture<Answer> first = CompletableFuture.supplyAsync(() -> erase("", JANE));
      await().until(() -> !BlockedStatements.in(jdbc, "backfill_erase").isEmpty());

      assertProblem(erase("", OTHER), 409, "erasure-running", "Wait for its end");
      assertProblem(erase("?dryRun=true", JANE), 409, "erasure-running");

      other.rollback();
      assertThat(first.get().status()).isEqualTo(200);
    }
    assertThat(erase("", JANE).status()).isEqualTo(200);
  }

  /** Also for unreadable rows. */
  @Test
  void sqlErasesTheSameBytesAsJava(@TempDir Path folder) throws IOException {
    List<String> addresses = List.of(JANE, "ab@ab", "z\u00e9@x.org");
    Random random = new Random(20261127);
    for (int i = 0; i < 1500; i++) {
      String delimiter = List.of(",", ";", "\t").get(random.nextInt(3));
      String address = addresses.get(random.nextInt(addresses.size()));
      List<String> parts =
          List.of(
              address,
              address.toUpperCase(Locale.ROOT),
              delimiter,
              delimiter + delimiter,
              delimiter + "5" + delimiter + "Invalid quoting",
              delimiter + "\"5\"" + delimiter + "Column count mismatch: expected 9 found 7",
              "\"",
              "\"\"",
              ".",
              "-",
              " ",
              "x",
              "\u00e9",
              "\u00a0");
      String header =
          (HEADER.strip() + (random.nextBoolean() ? ",_error_row,_error_message" : "") + ",")
              .replace(",", delimiter);
      StringBuilder row = new StringBuilder();
      for (int part = random.nextInt(25); part >= 0; part--) {
        row.append(parts.get(random.nextInt(3) == 0 ? 2 : random.nextInt(parts.size())));
      }
      row.insert(random.nextInt(row.length() + 1), address);
      byte[] sent = row.toString().getBytes(StandardCharsets.UTF_8);
      Path file = Files.write(folder.resolve("x.csv"), (header + "\n" + row).getBytes(UTF_8));

      new PersonRows(address).erase(file);

      byte[] inJava = Files.readAllBytes(file);
      assertThat(
              jdbc.sql("SELECT backfill_erased_record(?, ?, ?, ?)")
                  .params(sent, address, delimiter, header.getBytes(UTF_8))
                  .query(byte[].class)
                  .single())
          .as("%s, %s", header, row)
          .asString(StandardCharsets.ISO_8859_1)
          .isEqualTo(
              new String(
                  inJava, inJava.length - sent.length, sent.length, StandardCharsets.ISO_8859_1));
    }
  }

  /** In time that grows with the square of its length, each takes many minutes. */
  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      value = {
        "``, `jane.doe@example.com `, ``",
        "`\"`, `,1,Invalid quoting`, `\n\"`",
        "``, `1`, `,Invalid quoting.`",
        "``, `,`, `x`",
        "``, `\"`, `x`"
      })
  void sqlErasesARowOfAMegabyteInTime(String before, String repeated, String after) {
    byte[] row =
        (JANE + "," + before + repeated.repeat((1 << 20) / repeated.length()) + after)
            .getBytes(StandardCharsets.UTF_8);
    new TransactionTemplate(transactions)
        .executeWithoutResult(
            status -> {
              jdbc.sql("SET LOCAL statement_timeout = '20s'").update();
              assertThat(
                      jdbc.sql("SELECT octet_length(backfill_erased_record(?, ?, ',', ?))")
                          .params(
                              row,
                              JANE,
                              (HEADER.strip() + ",_error_row,_error_message").getBytes(UTF_8))
                          .query(Integer.class)
                          .single())
                  .isEqualTo(row.length);
            });
  }

  @Test
  void aRequestThatNamesNobodyIsRefused() {
    for (String body :
        List.of("", "{}", "nonsense", "[]", "{\"email\":\"jane\"}", "{\"email\":7}")) {
      assertProblem(send("", body), 400, "invalid-email", "email");
    }
    assertProblem(
        send("?dryRun=perhaps", "{\"email\":\"" + JANE + "\"}"), 400, "invalid-parameter");
  }

  @Test
  void theTrailKnowsThatSomebodyWasErasedAndNotWho() {
    imported();
    erase("", JANE);

    List<String> lines =
        jdbc.sql(
                "SELECT concat_ws(' ', actor, action, detail) FROM backfill_trail WHERE action = 'erased' ORDER BY id")
            .query(String.class)
            .list();
    assertThat(lines)
        .last()
        .asString()
        .contains("local erased", "stored uploads 8")
        .doesNotContain("@");
  }

  private String imported() {
    String job = client.importFile("sessions.csv", file()).path("jobId").asText();
    JsonNode status = client.status(job).json();
    assertThat(status.path("failedRows").asInt()).as(status.toString()).isEqualTo(10);
    await().until(() -> client.status(job).json().path("eventsPending").asInt() == 0);
    return job;
  }

  private String feedbackOf(String id) {
    return jdbc.sql("SELECT feedback_text FROM kintell_sessions WHERE external_session_id = ?")
        .param(id)
        .query((row, number) -> java.util.Optional.ofNullable(row.getString(1)))
        .single()
        .orElse(null);
  }

  private Path inbox(String name, byte[] content) throws IOException {
    Path file = settings.inboxDir().resolve(name);
    Files.createDirectories(file.getParent());
    return Files.write(file, content);
  }

  private static byte[] gzip(byte[] content) throws IOException {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(packed)) {
      out.write(content);
    }
    return packed.toByteArray();
  }

  private Answer erase(String parameters, String email) {
    Answer answer = send(parameters, "{\"email\": \"" + email + "\"}");
    return answer;
  }

  private Answer send(String parameters, String body) {
    return client.send(
        client
            .request("/import/backfill/erasure" + parameters)
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(body)));
  }
}
