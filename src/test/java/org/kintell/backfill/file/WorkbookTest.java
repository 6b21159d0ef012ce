package org.kintell.backfill.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.kintell.backfill.testsupport.Packed.entry;
import static org.kintell.backfill.testsupport.Packed.zip;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.kintell.backfill.csv.UnusableFileException;
import org.kintell.backfill.csv.UnusableFileException.Reason;

class WorkbookTest {

  private static final String HEADER =
      "session_id,session_type,participant_email,volunteer_email,date,duration_min,rating,feedback_text,language_level";
  private static final String SESSION =
      "S-1,Mentorship,p@example.com,v@example.com,2024-01-15T10:00:00Z,60,5,Good,B1";

  @TempDir Path folder;

  @Test
  void aWorkbookDoesNotWaitForAnotherWithoutLimit() throws IOException {
    Path book = book(sheet("7"));
    try (InputStream first = open(book)) {
      assertThatThrownBy(() -> open(book)).isInstanceOf(TooManyWorkbooksException.class);
      assertThat(first.readAllBytes()).asString().isEqualTo("7\n");
    }
    assertThat(csv(book)).isEqualTo("7\n");
  }

  /** As LibreOffice saved them: five sessions on each of two sheets. */
  @ParameterizedTest
  @CsvSource({
    "second-below-a-title, Row 2 of \"2024\" looks like a header.",
    "second-with-another-name, Row 1 of \"2024\" looks like a header.",
    "second-without-header, Row 1 of \"2024\" looks like a session.",
    "first-below-a-title, Row 3 of \"2023\" looks like a header."
  })
  void sessionsThatAreNotQuiteRightAreNotLostWithoutAWord(String name, String observation) {
    UnusableFileException refusal =
        refusal(Path.of("src/test/resources/workbooks", name + ".xlsx"));

    assertThat(refusal.reason()).isEqualTo(Reason.SEVERAL_SHEETS);
    assertThat(refusal)
        .hasMessageStartingWith("The sheets \"2023\" and \"2024\" both hold sessions")
        .hasMessageContaining(observation);
  }

  @Test
  void sessionsBelowNotesAreFoundToo() throws IOException {
    String[] notes = new String[18];
    Arrays.fill(notes, "Please send this every month");
    String[] rows = Arrays.copyOf(notes, 20);
    rows[18] = "session_id,date,duration_min,volunteer";
    rows[19] = "S-2,2024-01-15T10:00:00Z,60,v@example.com";

    assertThat(refusal(book(sheet(HEADER, SESSION), sheet(rows))).reason())
        .isEqualTo(Reason.SEVERAL_SHEETS);
  }

  /** A text about the columns, users, the values to choose from, counts, a template. */
  @Test
  void sheetsBesideTheSessionsDoNoHarm() throws IOException {
    Path book =
        book(
            sheet(
                "Columns", "session_id,one for each session", "date,with offset", "rating,1 to 5"),
            sheet("name,email", "Ann,ann@example.com", "Bob,bob@example.com"),
            sheet("participant_email,volunteer_email,since", "p@example.com,v@example.com,2023"),
            sheet("session_type,language_level,rating", "Mentorship,A1,1", ",A2,2"),
            sheet("Month,Mentorship,Language Connect,Sum", "1,4,5,9", "2,4,4,8"),
            sheet(HEADER, SESSION),
            sheet("Template", HEADER));

    assertThat(csv(book)).isEqualTo(HEADER + "\n" + SESSION + "\n");
  }

  /** What people see may lack a name only; what they do not see may be stale. */
  @Test
  void aHiddenSheetIsNotImportedInsteadOfOneThatIsNotQuiteRight() throws IOException {
    Path book =
        book(
            List.of("hidden", "visible"),
            sheet(HEADER, SESSION),
            sheet("Sessions", HEADER, SESSION));

    assertThat(csv(book)).startsWith("Sessions\n");
  }

  private Path book(String... sheets) throws IOException {
    String[] states = new String[sheets.length];
    Arrays.fill(states, "visible");
    return book(Arrays.asList(states), sheets);
  }

  private Path book(List<String> states, String... sheets) throws IOException {
    StringBuilder names = new StringBuilder();
    StringBuilder targets = new StringBuilder();
    List<Map.Entry<String, byte[]>> parts = new ArrayList<>();
    for (int i = 0; i < sheets.length; i++) {
      names.append("<sheet name='S%1$d' state='%2$s' r:id='r%1$d'/>".formatted(i, states.get(i)));
      targets.append("<Relationship Id='r%1$d' Target='sheet%1$d.xml'/>".formatted(i));
      parts.add(part("xl/sheet%d.xml".formatted(i), sheets[i]));
    }
    parts.add(sheets(names.toString()));
    parts.add(targets(targets.toString()));
    return written(parts);
  }

  private Path written(List<Map.Entry<String, byte[]>> parts) throws IOException {
    return Files.write(Files.createTempFile(folder, "", ".xlsx"), zip(parts));
  }

  private static Map.Entry<String, byte[]> sheets(String sheets) {
    return part(
        "xl/workbook.xml", "<workbook xmlns:r='urn:r'><sheets>" + sheets + "</sheets></workbook>");
  }

  private static Map.Entry<String, byte[]> targets(String targets) {
    return part("xl/_rels/workbook.xml.rels", "<Relationships>" + targets + "</Relationships>");
  }

  /** A sheet of texts. */
  private static String sheet(String... rows) {
    StringBuilder xml = new StringBuilder();
    for (String row : rows) {
      xml.append("<row>");
      for (String cell : row.split(",")) {
        xml.append("<c t='str'><v>").append(cell).append("</v></c>");
      }
      xml.append("</row>");
    }
    return "<worksheet><sheetData>" + xml + "</sheetData></worksheet>";
  }

  private static String csv(Path book) throws IOException {
    try (InputStream csv = open(book)) {
      return new String(csv.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static UnusableFileException refusal(Path book) {
    return catchThrowableOfType(UnusableFileException.class, () -> csv(book));
  }

  private static InputStream open(Path book) throws IOException {
    return Workbook.open(new ZipFile(book.toFile()), Duration.ofMillis(100));
  }

  private static Map.Entry<String, byte[]> part(String name, String xml) {
    return entry(name, xml.getBytes(StandardCharsets.US_ASCII));
  }
}
