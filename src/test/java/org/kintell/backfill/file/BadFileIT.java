package org.kintell.backfill.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.kintell.backfill.testsupport.Packed.gzip;
import static org.kintell.backfill.testsupport.Packed.zip;
import static org.kintell.backfill.testsupport.ProblemAssert.assertProblem;
import static org.kintell.backfill.testsupport.SessionFiles.HEADER;
import static org.kintell.backfill.testsupport.SessionFiles.row;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.common.primitives.Bytes;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.kintell.backfill.testsupport.BackfillClient;
import org.kintell.backfill.testsupport.BackfillClient.Answer;
import org.kintell.backfill.testsupport.IntegrationTest;
import org.kintell.backfill.testsupport.SessionFiles;
import org.kintell.backfill.testsupport.Sessions;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Whatever file is sent, the answer says what is wrong with it, and nothing that was there is lost.
 */
@IntegrationTest
class BadFileIT {

  @Autowired BackfillClient client;
  @Autowired Sessions sessions;
  @Autowired JdbcClient jdbc;

  @BeforeEach
  void addUsers() {
    sessions.addUsers(SessionFiles.PARTICIPANT, SessionFiles.VOLUNTEER);
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
    assertProblem(client.start("x.csv", zip("x.csv", SessionFiles.good(1))), 400, "not-csv", "ZIP");
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
  void aDamagedGzipIsRefused() {
    byte[] packed = gzip((HEADER + row("S-1", "5").repeat(5000)).getBytes(StandardCharsets.UTF_8));
    byte[] cut = Arrays.copyOf(packed, packed.length / 2);
    byte[] damaged = packed.clone();
    Arrays.fill(damaged, packed.length / 2, packed.length - 8, (byte) 0x55);
    assertProblem(client.start("x.csv.gz", cut), 400, "damaged-gzip");
    assertProblem(client.start("x.csv.gz", damaged), 400, "damaged-gzip");
    assertProblem(client.start("x.csv.gz", Arrays.copyOf(packed, 2)), 400, "damaged-gzip");
    assertProblem(client.start("x.csv.gz", gzip(new byte[0])), 400, "empty-file");
    // Several members are one file; whatever else follows one may be what is left of another.
    byte[] second = gzip(row("S-2", "5").getBytes(StandardCharsets.UTF_8));
    second[0] = 0;
    for (byte[] rest : List.of(second, new byte[] {'x'}, Bytes.concat(new byte[100_000], second))) {
      assertProblem(client.start("x.csv.gz", Bytes.concat(packed, rest)), 400, "damaged-gzip");
    }
    assertNoJobs();
  }

  /** Java's reader calls itself for each. */
  @Test
  void aGzipWithManyEmptyMembersIsReadToItsEnd() {
    byte[] empty =
        Bytes.concat(Collections.nCopies(50_000, gzip(new byte[0])).toArray(byte[][]::new));
    assertProblem(client.start("x.csv.gz", empty), 400, "empty-file");
    byte[] file = gzip((HEADER + row("S-1", "5")).getBytes(StandardCharsets.UTF_8));
    byte[] more = gzip(row("S-2", "5").getBytes(StandardCharsets.UTF_8));
    client.importFile("x.csv.gz", Bytes.concat(empty, file, empty, more, empty));
    assertThat(sessions.ids()).containsExactly("S-1", "S-2");
  }

  /** Such texts overflowed the stack of a pattern, or took hours. */
  @Test
  void aTextMadeForTheRecognitionOfFormatsIsRefusedAtOnce() {
    for (String text :
        List.of(
            "--\n".repeat(300_000) + "x",
            "A: b\n" + " \n".repeat(400_000),
            "A: b\n" + "\n".repeat(400_000),
            "a@" + ".".repeat(900_000) + "@",
            "a@b" + ".b".repeat(400_000) + "@",
            "-".repeat(900_000) + "x",
            "x\n|" + "-".repeat(900_000) + "x")) {
      Answer answer =
          Assertions.assertTimeoutPreemptively(
              Duration.ofSeconds(60), () -> client.start("x.csv", text));
      assertThat(answer.status()).as(text.substring(0, 10)).isEqualTo(400);
    }
    assertNoJobs();
  }

  @Test
  void aFileCutWithinAQuotedFieldLosesThatRowOnly() {
    String cut =
        HEADER + row("S-1", "5") + row("S-2", "5").replace("Fine", "\"Fine") + row("S-3", "5");
    JsonNode end = client.importFile("x.csv", cut.getBytes(StandardCharsets.UTF_8));
    assertThat(end.path("successfulRows").asInt()).isEqualTo(2);
    assertThat(sessions.ids()).containsExactly("S-1", "S-3");
    assertThat(client.errors(end.path("jobId").asText()).text()).contains(",2,Invalid quoting\n");
  }

  @Test
  void resumeWithOtherContentChangesNothing() {
    byte[] same = SessionFiles.good(1);
    String job = client.start("x.csv", same).jobId();
    byte[] other = (HEADER + row("S-2", "5")).getBytes(StandardCharsets.UTF_8);
    assertProblem(client.resume(job, "x.csv", other), 409, "other-content", job);
    assertProblem(client.resume(job, "x.csv", new byte[0]), 409, "other-content", job);
    assertThat(client.status(job).json().path("status").asText()).isEqualTo("pending");
    assertThat(sessions.ids()).isEmpty();

    assertThat(client.resume(job, "renamed.csv.gz", gzip(same)).status()).isEqualTo(200);
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
    Answer start = client.start(name, HEADER + row("S-1", "5"));
    assertThat(start.status()).as(start.text()).isEqualTo(201);
    assertThat(start.json().path("fileName").asText())
        .isNotEmpty()
        .doesNotContain("/", "\\", "\n", "\r")
        .isEqualTo(start.json().path("fileName").asText().strip());
    assertThat(client.resume(start.jobId()).status()).isEqualTo(200);
  }

  @Test
  void aLongFileNameIsCut() {
    Answer start = client.start("é".repeat(4000) + ".csv", HEADER + row("S-1", "5"));
    assertThat(start.status()).as(start.text()).isEqualTo(201);
    assertThat(start.json().path("fileName").asText()).hasSizeBetween(1, 255).startsWith("éé");
  }

  private void assertNoJobs() {
    assertThat(jdbc.sql("SELECT count(*) FROM backfill_jobs").query(Long.class).single()).isZero();
  }
}
