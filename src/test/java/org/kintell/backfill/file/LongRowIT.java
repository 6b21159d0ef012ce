package org.kintell.backfill.file;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.kintell.backfill.testsupport.BackfillClient;
import org.kintell.backfill.testsupport.IntegrationTest;
import org.kintell.backfill.testsupport.Sessions;
import org.springframework.beans.factory.annotation.Autowired;

/** Rows about as long as a row may be, 16 MB, or longer. */
@IntegrationTest
class LongRowIT {

  private static final int MEGABYTE = 1024 * 1024;
  private static final int LONGEST = 16 * MEGABYTE;
  private static final String HEADER =
      "session_id,session_type,participant_email,volunteer_email,date,duration_min,rating,feedback_text,language_level";
  private static final String ERROR_COLUMNS = ",_error_row,_error_message";
  private static final String ROW =
      "%s,Mentorship,p@example.com,v@example.com,2024-01-15T10:00:00Z,%s,,%s,";

  @Autowired BackfillClient client;
  @Autowired Sessions sessions;

  @BeforeEach
  void addUsers() {
    sessions.addUsers("p@example.com", "v@example.com");
  }

  @Test
  void isImportedUpToTheLimit() {
    String longest = row("S-1", "60", LONGEST);

    JsonNode status = importFile(HEADER + "\n" + longest + "\n" + row("S-2", "60", 100) + "\n");

    assertThat(status.path("failedRows").asInt()).isZero();
    assertThat(sessions.ids()).containsExactly("S-1", "S-2");
    assertThat(sessions.feedbackLength("S-1")).isEqualTo(LONGEST - row("S-1", "60", 0).length());
  }

  @Test
  void isRejectedBeyondAndComesBackWhole() {
    String tooLong = row("S-2", "60", LONGEST + 1);
    String file = lines(HEADER, row("S-1", "60", 100), tooLong, row("S-3", "60", 100));

    JsonNode status = importFile(file);

    assertThat(sessions.ids()).containsExactly("S-1", "S-3");
    String expected = lines(HEADER + ERROR_COLUMNS, tooLong + ",2,Row too long");
    assertErrors(status, expected);

    JsonNode again = importFile(expected);

    assertErrors(again, lines(HEADER + ERROR_COLUMNS, tooLong + ",1,Row too long"));
  }

  @Test
  void isRejectedWhereTheLimitIsReachedWithinQuotes() {
    String open = row("S-1", "60", 100).replace(",xx", ",\"xx");
    String file = lines(HEADER, open, row("S-2", "60", 100), row("S-3", "0", LONGEST));

    JsonNode status = importFile(file);

    assertThat(sessions.ids()).containsExactly("S-2");
    assertErrors(
        status,
        lines(
            HEADER + ERROR_COLUMNS,
            open + ",1,Invalid quoting",
            row("S-3", "0", LONGEST) + ",3,Invalid duration: 0"));
  }

  @Test
  void manyLongRejectsAllComeBack() {
    String tooLong = row("S-4", "60", LONGEST + 1);
    String file =
        lines(
            HEADER,
            row("S-1", "0", 5 * MEGABYTE),
            row("S-2", "0", 5 * MEGABYTE),
            row("S-3", "0", 5 * MEGABYTE),
            tooLong,
            row("S-5", "0", 100));

    JsonNode status = importFile(file);

    assertThat(status.path("failedRows").asInt()).isEqualTo(5);
    assertErrors(
        status,
        lines(
            HEADER + ERROR_COLUMNS,
            row("S-1", "0", 5 * MEGABYTE) + ",1,Invalid duration: 0",
            row("S-2", "0", 5 * MEGABYTE) + ",2,Invalid duration: 0",
            row("S-3", "0", 5 * MEGABYTE) + ",3,Invalid duration: 0",
            tooLong + ",4,Row too long",
            row("S-5", "0", 100) + ",5,Invalid duration: 0"));
  }

  /** A row of so many bytes, most of them feedback. */
  private static String row(String id, String minutes, int length) {
    String empty = ROW.formatted(id, minutes, "");
    return ROW.formatted(id, minutes, "x".repeat(Math.max(0, length - empty.length())));
  }

  private static String lines(String... lines) {
    return String.join("\n", lines) + "\n";
  }

  private JsonNode importFile(String content) {
    return client.importFile("long.csv", content.getBytes(StandardCharsets.UTF_8));
  }

  /** Compared in full, but shown only in part. */
  private void assertErrors(JsonNode status, String expected) {
    String errors = client.errors(status.path("jobId").asText()).text();
    assertThat(errors.equals(expected)).as("error file: %s", abridged(errors)).isTrue();
  }

  private static String abridged(String text) {
    return text.replaceAll("x{100,}", "x…");
  }
}
