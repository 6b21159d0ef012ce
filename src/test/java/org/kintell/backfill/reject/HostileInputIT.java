package org.kintell.backfill.reject;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.kintell.backfill.testsupport.ProblemAssert.assertProblem;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.kintell.backfill.config.BackfillSettings;
import org.kintell.backfill.testsupport.BackfillClient;
import org.kintell.backfill.testsupport.BackfillClient.Answer;
import org.kintell.backfill.testsupport.IntegrationTest;
import org.kintell.backfill.testsupport.SessionFiles;
import org.kintell.backfill.testsupport.Sessions;
import org.springframework.beans.factory.annotation.Autowired;

/** Malicious files are read in bounded time and memory, and do no harm. */
@IntegrationTest
class HostileInputIT {

  private static final int MEGABYTE = 1024 * 1024;
  private static final String START = "/import/backfill/start";
  private static final String FORMULA = "=cmd|' /C calc'!A0";

  @Autowired BackfillClient client;
  @Autowired Sessions sessions;
  @Autowired BackfillSettings settings;

  @BeforeEach
  void addUsers() {
    sessions.addUsers(SessionFiles.PARTICIPANT, SessionFiles.VOLUNTEER);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "\""})
  void aFieldOf100MegabytesIsOneReject(String quote) {
    String row = SessionFiles.row("S-1", "5");
    byte[] before = (SessionFiles.HEADER + row + "S-2," + quote).getBytes(StandardCharsets.UTF_8);
    byte[] after = (quote + "\n" + SessionFiles.row("S-3", "5")).getBytes(StandardCharsets.UTF_8);
    byte[] megabyte = "x".repeat(MEGABYTE).getBytes(StandardCharsets.UTF_8);
    Stream<byte[]> parts =
        Stream.of(Stream.of(before), Collections.nCopies(100, megabyte).stream(), Stream.of(after))
            .flatMap(part -> part);
    InputStream file =
        new SequenceInputStream(
            Collections.enumeration(parts.map(ByteArrayInputStream::new).toList()));

    JsonNode status = client.importStarted(client.upload(START, "wide.csv", file));

    assertThat(status.path("failedRows").asInt()).isEqualTo(1);
    assertThat(sessions.ids()).containsExactly("S-1", "S-3");
  }

  /** Such as a table that was exported as JSON without a line end. */
  @Test
  void aFirstLineOfMegabytesIsRefusedInWords() {
    assertProblem(
        client.start("wide.csv", "x,".repeat(MEGABYTE)),
        400,
        "not-csv",
        "Its first line is longer than 1 MB",
        "comma-separated text");
    assertProblem(
        client.start("wide.csv", "[" + "{\"session_id\":\"S-1\"},".repeat(MEGABYTE / 10) + "]"),
        400,
        "not-csv",
        "Its first line is longer than 1 MB",
        "It looks like JSON");
  }

  @Test
  void tenThousandColumnsAreKept() {
    String more = ",more".repeat(10_000);
    String cells = ",=1".repeat(10_000);
    String header = SessionFiles.HEADER.strip() + more + "\n";
    String good = SessionFiles.row("S-1", "5").strip() + cells + "\n";
    String bad = SessionFiles.row("S-2", "9").strip() + cells + "\n";

    JsonNode status = importFile(header + good + bad);

    assertThat(sessions.ids()).containsExactly("S-1");
    assertThat(errors(status, "").lines().skip(1))
        .containsExactly(bad.strip() + ",2,Invalid rating: 9");
  }

  @Test
  void aMillionBlankLinesCountForNothing() {
    String blank = "\n".repeat(500_000) + "\r\n".repeat(500_000);

    JsonNode status =
        importFile(SessionFiles.HEADER + blank + SessionFiles.row("S-1", "5") + blank);

    assertThat(status.path("totalRows").asInt()).isEqualTo(1);
    assertThat(sessions.ids()).containsExactly("S-1");
  }

  @Test
  void aGzipBombIsRefusedAndLeavesNothing() throws IOException {
    ByteArrayOutputStream bomb = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(bomb)) {
      gzip.write(SessionFiles.HEADER.getBytes(StandardCharsets.UTF_8));
      byte[] zeros = new byte[MEGABYTE];
      for (int i = 0; i < 200; i++) {
        gzip.write(zeros);
      }
    }

    Answer answer = client.start("bomb.csv.gz", bomb.toByteArray());

    assertProblem(answer, 413, "too-large");
    // The web server drops its copy of a request after it has answered it.
    await()
        .ignoreExceptions()
        .untilAsserted(
            () -> {
              try (Stream<Path> files = Files.walk(settings.dataDir())) {
                assertThat(files.map(Path::toString))
                    .noneMatch(path -> path.matches(".*\\.(part|plan|tmp)"));
              }
            });
  }

  /** A spreadsheet with another delimiter, set or guessed, finds other cells. */
  @ParameterizedTest
  @ValueSource(strings = {",", ";", "\t", "|", "\n", ",\"\"", "; "})
  void aFormulaIsSafeBehindWhateverASpreadsheetMaySplitAt(String before) {
    for (String sign : List.of("=", "+", "-", "@", "\uFF1D", "\uFF0B", "\uFF0D", "\uFF20")) {
      String row =
          "S-1,Mentorship,%s,%s,2024-01-15T10:00:00Z,60,9,\"a%s%s1\",B1\n"
              .formatted(SessionFiles.PARTICIPANT, SessionFiles.VOLUNTEER, before, sign);

      JsonNode status = importFile(SessionFiles.HEADER + row);

      assertThat(errors(status, "")).contains("\"a" + before + sign + "1\"");
      assertThat(errors(status, "?spreadsheet=safe")).contains("\"a" + before + "'" + sign + "1\"");
    }
  }

  @Test
  void anEchoedFormulaIsSafeInTheMessageToo() {
    JsonNode status =
        importFile(SessionFiles.HEADER + SessionFiles.row("S-1", "\"4;=1\"") + "\uFF1D1,x\n");

    List<String> safe = errors(status, "?spreadsheet=safe").lines().skip(1).toList();
    assertThat(safe.get(0)).endsWith(",1,Invalid rating: 4;'=1");
    assertThat(safe.get(1)).startsWith("'\uFF1D1,x,");
  }

  @Test
  void aFormulaIsGivenBackAsItIsUnlessItIsForASpreadsheet() {
    String plain = SessionFiles.row(FORMULA, "9").strip();
    String quoted = SessionFiles.row("\"@SUM(1,2)\"", "9").strip();
    String malformed = "-1,\"=1\"+2,+3";

    JsonNode status =
        importFile(SessionFiles.HEADER + String.join("\n", plain, quoted, malformed) + "\n");

    List<String> exact = errors(status, "").lines().skip(1).toList();
    assertThat(exact.get(0)).startsWith(plain + ",1,");
    assertThat(exact.get(1)).startsWith(quoted + ",2,");
    assertThat(exact.get(2)).isEqualTo(malformed + ",3,Invalid quoting");
    List<String> safe = errors(status, "?spreadsheet=safe").lines().skip(1).toList();
    assertThat(safe.get(0)).startsWith("'" + plain + ",1,");
    assertThat(safe.get(1)).startsWith("\"'@SUM(1,2)\",");
    assertThat(safe.get(2)).isEqualTo("'-1,\"'=1\"+2,'+3,3,Invalid quoting");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "'); DROP TABLE kintell_sessions; --",
        "$$; SELECT pg_sleep(60); $$",
        "\\x00\\N\\.",
        "{\"a\":[1]}",
        "</script><script>alert(1)</script>",
        "${jndi:ldap://127.0.0.1:1/x}",
        "#{T(java.lang.Runtime).getRuntime()}",
        "%s%n%x",
        "\u202Eev\u200B\uFEFFil"
      })
  void metacharactersAreOrdinary(String text) {
    String id = "\"" + text.replace("\"", "\"\"") + "\"";

    JsonNode status = importFile(SessionFiles.HEADER + SessionFiles.row(id, "5"));

    assertThat(status.path("status").asText()).isEqualTo("completed");
    assertThat(sessions.ids()).containsExactly(text);
  }

  /** A rule with a regular expression must run in linear time. */
  @ParameterizedTest
  @ValueSource(strings = {"a", "a.", "1", "a@", "-", " ", "(", "a@a.a@"})
  void noLongValueTakesLong(String repeated) {
    String long100k = repeated.repeat(100_000 / repeated.length());
    StringBuilder file = new StringBuilder(SessionFiles.HEADER);
    for (int column = 0; column < 9; column++) {
      String[] cells = SessionFiles.row("S-" + column, "5").strip().split(",");
      cells[column] = long100k;
      file.append(String.join(",", cells)).append('\n');
    }
    long start = System.nanoTime();

    JsonNode status = importFile(file.toString());

    assertThat(status.path("processedRows").asInt()).isEqualTo(9);
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(20));
  }

  private JsonNode importFile(String content) {
    return client.importFile("hostile.csv", content.getBytes(StandardCharsets.UTF_8));
  }

  private String errors(JsonNode status, String query) {
    String path = "/import/backfill/" + status.path("jobId").asText() + "/errors" + query;
    return client.get(path).text();
  }
}
