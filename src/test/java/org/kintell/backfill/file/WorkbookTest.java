package org.kintell.backfill.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.params.provider.Arguments.arguments;
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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
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

  @Test
  void anErrorDoesNotKeepOthersWaitingForEver() throws IOException {
    Path book = book(sheet("7"));
    try (ZipFile broken = new OutOfMemoryZip(book)) {
      assertThatThrownBy(() -> Workbook.open(broken, Duration.ofMillis(100)))
          .isInstanceOf(OutOfMemoryError.class);
    }
    assertThat(csv(book)).isEqualTo("7\n");
  }

  private static final class OutOfMemoryZip extends ZipFile {
    OutOfMemoryZip(Path path) throws IOException {
      super(path.toFile());
    }

    @Override
    public InputStream getInputStream(ZipEntry entry) {
      throw new OutOfMemoryError("of this test");
    }
  }

  /** A small file can hold any number of elements, and memory would not. */
  @ParameterizedTest(name = "{0}")
  @MethodSource
  void whatIsKeptOfAWorkbookIsBounded(String what, Map<String, String> parts) throws IOException {
    List<Map.Entry<String, byte[]>> written = new ArrayList<>();
    parts.forEach((name, xml) -> written.add(part(name, xml)));

    assertThat(refusal(written(written)))
        .hasMessageContaining("it is damaged, or larger than a workbook can be");
  }

  static List<Arguments> whatIsKeptOfAWorkbookIsBounded() {
    String styles = "xl/styles.xml";
    String sheet = "xl/sheet0.xml";
    String longest = "x".repeat(1024 * 1024);
    return List.of(
        arguments("formats", with(styles, many("<s><cellXfs>", "<xf/>", 150_000))),
        arguments("number formats", with(styles, many("<s>", "<numFmt numFmtId='%d'/>", 150_000))),
        arguments(
            "a format",
            with(styles, many("<s>", "<numFmt formatCode='" + "[".repeat(2000) + "'/>", 1))),
        arguments(
            "sheets",
            with("xl/workbook.xml", many("<w xmlns:r='urn:r'>", "<sheet r:id='r0'/>", 20_000))),
        arguments(
            "a name",
            with(
                "xl/workbook.xml",
                "<w xmlns:r='urn:r'><sheet name='%s' r:id='r0'/></w>".formatted(longest))),
        arguments(
            "relationships",
            with(
                "xl/_rels/workbook.xml.rels",
                many("<r>", "<Relationship Id='r%d' Target='sheet0.xml'/>", 40_000))),
        arguments("depth", with(sheet, "<w>" + "<a>".repeat(1000) + "</a>".repeat(1000) + "</w>")),
        arguments("names of elements", with(sheet, many("<w>", "<a%d/>", 2000))),
        arguments("names of attributes", with(sheet, many("<w>", "<a b%d='1'/>", 2000))),
        arguments("namespaces", with(sheet, many("<w>", "<a xmlns='urn:%d'/>", 2000))),
        arguments("instructions", with(sheet, many("<w>", "<?a%d b?>", 2000))),
        arguments(
            "a row",
            with(
                sheet,
                many("<w><row><c t='str'><v>7</v></c></row><row>", "<c t='s'><v>0</v></c>", 20)
                    .replace("</w>", "</row></w>"),
                "xl/sharedStrings.xml",
                "<s><si><t>" + longest.substring(1) + "</t></si></s>")));
  }

  /** A workbook of one sheet, with other parts. */
  private static Map<String, String> with(String... parts) {
    Map<String, String> all = new HashMap<>();
    all.put("xl/workbook.xml", "<w xmlns:r='urn:r'><sheet r:id='r0'/></w>");
    all.put("xl/_rels/workbook.xml.rels", "<r><Relationship Id='r0' Target='sheet0.xml'/></r>");
    all.put("xl/sheet0.xml", sheet("7"));
    for (int i = 0; i < parts.length; i += 2) {
      all.put(parts[i], parts[i + 1]);
    }
    return all;
  }

  /** Elements with a number in each, in those that begin; the first is closed. */
  private static String many(String begin, String element, int count) {
    StringBuilder xml = new StringBuilder(begin);
    for (int i = 0; i < count; i++) {
      xml.append(element.replace("%d", String.valueOf(i)));
    }
    xml.append(begin.contains("cellXfs") ? "</cellXfs>" : "");
    return xml.append("</").append(begin.charAt(1)).append('>').toString();
  }

  private static final String LARGE = "<w><a b='" + " ".repeat(4_000_000) + "'/></w>";

  @Test
  void theBeginningsOfAllSheetsTogetherAreBounded() throws IOException {
    String[] sheets = new String[40];
    Arrays.fill(sheets, LARGE);
    sheets[39] = sheet("7");

    assertThat(refusal(book(sheets)).reason()).isEqualTo(Reason.UNREADABLE_ZIP);
  }

  @Test
  void aPartThatIsListedOftenIsReadOnce() throws IOException {
    Path book =
        written(
            List.of(
                sheets("<sheet r:id='r0'/>".repeat(40) + "<sheet r:id='r1'/>"),
                targets(
                    "<Relationship Id='r0' Target='sheet0.xml'/>"
                        + "<Relationship Id='r1' Target='sheet1.xml'/>"),
                part("xl/sheet0.xml", LARGE),
                part("xl/sheet1.xml", sheet("7"))));

    assertThat(csv(book)).isEqualTo("7\n");
  }

  /** Fifteen digits of a fraction; all of a whole number, which may be an id. */
  @ParameterizedTest
  @CsvSource({
    "59.999999999999986, 60",
    "4.2999999999999998, 4.3",
    "0.30000000000000004, 0.3",
    "1.0000000000000002E-3, 0.001",
    "4.35, 4.35",
    "123456789.12345679, 123456789.123457",
    "1234567890123456, 1234567890123456",
    "6E1, 60"
  })
  void aNumberIsTheOneThatASpreadsheetShows(String stored, String shown) throws IOException {
    assertThat(csv(bookWithId("General", stored)))
        .isEqualTo("session_id,rating\n" + shown + "," + shown + "\n");
  }

  /** The id has the format, and so has the rating, where it would do harm. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "00000 | 123 | 00123",
        "00000 | 1234567 | 1234567",
        "\"KS-\"0000 | 7 | KS-0007",
        "\\K\\S000\" x\" | 7 | KS007 x",
        "000\\-00\\-0000 | 12345678 | 012-34-5678",
        "[$-407]0000;-0000 | 12 | 0012",
        "0 | 12 | 12",
        "0.00 | 12 | 12",
        "#,##0 | 1234 | 1234",
        "00% | 1 | 1",
        "00000 | 12.5 | 12.5",
        "00000 | -12 | -12",
        "\"open | 12 | 12"
      })
  void anIdHasTheZerosThatItsFormatAdds(String code, String stored, String shown)
      throws IOException {
    assertThat(csv(bookWithId(code, stored)))
        .isEqualTo("session_id,rating\n" + shown + "," + stored + "\n");
  }

  /** A sheet with an id and a rating that are the same number in the same format. */
  private Path bookWithId(String code, String stored) throws IOException {
    String cell = "<c s='1'><v>" + stored + "</v></c>";
    Map<String, String> parts =
        with(
            "xl/sheet0.xml",
            sheet("session_id,rating")
                .replace("</sheetData>", "<row>" + cell + cell + "</row></sheetData>"),
            "xl/styles.xml",
            "<s><numFmt numFmtId='164' formatCode='%s'/><cellXfs><xf/><xf numFmtId='164'/></cellXfs></s>"
                .formatted(code));
    List<Map.Entry<String, byte[]>> written = new ArrayList<>();
    parts.forEach((name, xml) -> written.add(part(name, xml)));
    return written(written);
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
