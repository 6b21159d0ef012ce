package org.kintell.backfill.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.kintell.backfill.testsupport.Packed.entry;
import static org.kintell.backfill.testsupport.Packed.zip;
import static org.kintell.backfill.testsupport.ProblemAssert.assertProblem;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.kintell.backfill.testsupport.BackfillClient;
import org.kintell.backfill.testsupport.BackfillClient.Answer;
import org.kintell.backfill.testsupport.IntegrationTest;
import org.kintell.backfill.testsupport.SessionFiles;
import org.kintell.backfill.testsupport.Sessions;
import org.springframework.beans.factory.annotation.Autowired;

/** Workbooks: the sheet with the header becomes the file, cell by cell. */
@IntegrationTest
class WorkbookIT {

  private static final String HEADER = SessionFiles.HEADER.strip();
  private static final String EMPTY = sheet();

  @Autowired BackfillClient client;
  @Autowired Sessions sessions;

  @BeforeEach
  void addUsers() {
    sessions.addUsers(SessionFiles.PARTICIPANT, SessionFiles.VOLUNTEER);
  }

  @Test
  void aSheetIsImportedAsAnyFileIs() {
    String book =
        sheet(
            texts(HEADER),
            row(2, "S-1", date(45306.416666666664), "60", "4.5"),
            row(3, "S-2", text("2024-01-15T10:00:00+02:00"), "60", "4.2999999999999998"),
            row(4, "S-3", text("2024-01-15T10:00:00Z"), "0", "9"));

    JsonNode end = client.importFile("Sessions.XLSX", workbook(book));

    assertThat(end.path("totalRows").asInt()).isEqualTo(3);
    assertThat(client.errors(end.path("jobId").asText()).text())
        .isEqualTo(
            HEADER
                + ",_error_row,_error_message\n"
                + line("S-1", "2024-01-15T10:00:00", "60", "4.5")
                + ",1,Invalid date format: 2024-01-15T10:00:00 (no UTC offset)\n"
                + line("S-3", "2024-01-15T10:00:00Z", "0", "9")
                + ",3,Invalid duration: 0; Invalid rating: 9\n");
    assertThat(sessions.imported())
        .singleElement()
        .satisfies(
            session ->
                assertThat(session)
                    .containsAllEntriesOf(
                        Map.of("row", 2, "rating", "4.3", "scheduled_at", "2024-01-15T08:00:00Z")));
  }

  @Test
  void itsDatesAreOfTheZoneThatIsNamed() {
    String book = sheet(texts(HEADER), row(2, "S-1", date(45488.416666666664), "60", "5"));

    JsonNode end =
        client.importStarted(
            client.upload(
                "/import/backfill/start?timezone=Europe/Kyiv",
                "x.xlsx",
                new ByteArrayInputStream(workbook(book))));

    assertThat(end.path("successfulRows").asInt()).isEqualTo(1);
    assertThat(sessions.imported().get(0)).containsEntry("scheduled_at", "2024-07-15T07:00:00Z");
  }

  @Test
  void theFirstSheetWithTheHeaderIsTaken() {
    String notes = sheet(texts("Sessions of 2024,Draft"));
    String book = sheet(texts(HEADER), row(7, "S-1", text("2024-01-15T10:00:00Z"), "60", "5"));

    JsonNode end = client.importFile("x.xlsx", workbook(notes, EMPTY, book));

    assertThat(end.path("successfulRows").asInt()).isEqualTo(1);
    assertThat(sessions.imported().get(0)).containsEntry("row", 1);
  }

  @Test
  void aHiddenSheetIsTakenOnlyIfNoOtherHasTheHeader() {
    String stale = sheet(texts(HEADER), row(2, "OLD", text("2024-01-15T10:00:00Z"), "60", "5"));
    String book = sheet(texts(HEADER), row(2, "S-1", text("2024-01-15T10:00:00Z"), "60", "5"));
    byte[] shown = workbook(List.of("hidden", "veryHidden", "visible"), stale, stale, book);
    byte[] all = workbook(List.of("hidden", "veryHidden"), book, stale);

    assertThat(client.importFile("x.xlsx", shown).path("successfulRows").asInt()).isEqualTo(1);
    assertThat(sessions.ids()).containsExactly("S-1");
    assertThat(client.importFile("x.xlsx", all).path("failedRows").asInt()).isEqualTo(1);
    assertThat(sessions.ids()).containsExactly("S-1");
  }

  @Test
  void furtherSheetsWithSessionsAreNotLostWithoutAWord() {
    String january = sheet(texts(HEADER), row(2, "S-1", text("2024-01-15T10:00:00Z"), "60", "5"));
    String february = sheet(texts(HEADER), row(2, "S-2", text("2024-02-15T10:00:00Z"), "60", "5"));
    String notes = sheet(texts("Notes"), texts("Ask Ann"));
    byte[] book = workbook(notes, january, EMPTY, february);

    for (String request : List.of("start", "validate")) {
      assertProblem(
          client.upload("/import/backfill/" + request, "x.xlsx", new ByteArrayInputStream(book)),
          400,
          "several-sheets",
          "The sheets \"S1\" and \"S3\" both hold sessions",
          "Put all rows on one sheet, or save each sheet as a file of its own");
    }
    String below = february.replace("<sheetData>", "<sheetData>" + texts("Sessions of February"));
    assertProblem(
        client.start("x.xlsx", workbook(january, below)),
        400,
        "several-sheets",
        "The sheets \"S0\" and \"S1\" both hold sessions",
        "of \"S1\" looks like a header");
    assertThat(sessions.ids()).isEmpty();
  }

  /** A template, a summary, a sheet without results: nothing of them is lost. */
  @Test
  void furtherSheetsWithoutSessionsDoNoHarm() {
    String book = sheet(texts(HEADER), row(2, "S-1", text("2024-01-15T10:00:00Z"), "60", "5"));
    String template = sheet(texts(HEADER), texts(" , "));
    String summary = sheet("<row><c><f>COUNTA(S0!A:A)</f></c></row>", texts(HEADER));
    String stale = sheet(texts(HEADER), row(2, "OLD", text("2024-01-15T10:00:00Z"), "60", "5"));
    List<String> states = List.of("visible", "visible", "visible", "hidden");

    JsonNode end = client.importFile("x.xlsx", workbook(states, book, template, summary, stale));

    assertThat(end.path("successfulRows").asInt()).isEqualTo(1);
    assertThat(sessions.ids()).containsExactly("S-1");
  }

  /** As openpyxl writes them; a result of no characters is one, as Excel writes it. */
  @Test
  void aFormulaWithoutItsResultIsNoEmptyCell() {
    for (String cell : new String[] {"<c r='G2'><f>4+1</f></c>", "<c r='G2'><f>4+1</f><v/></c>"}) {
      assertProblem(
          client.start("x.xlsx", workbook(sheet(texts(HEADER), withRating(cell)))),
          400,
          "not-csv",
          "formulas",
          "save it");
    }
    String empty = "<c r='G2' t='str'><f>\"\"</f><v></v></c>";
    JsonNode end = client.importFile("x.xlsx", workbook(sheet(texts(HEADER), withRating(empty))));
    assertThat(end.path("successfulRows").asInt()).isEqualTo(1);
    assertThat(sessions.imported().get(0)).containsEntry("rating", null);
  }

  private static String withRating(String cell) {
    return row(2, "S-1", text("2024-01-15T10:00:00Z"), "60", "5")
        .replace("<c r='G2'><v>5</v></c>", cell);
  }

  @Test
  void theRowOfItsHeaderIsTheOneThatASpreadsheetShows() {
    String title = "<row r='2'>" + text("Sessions") + "</row>";
    String header = texts(HEADER).replace("<row>", "<row r='5'>");
    String book = "<worksheet><sheetData>" + title + header + "</sheetData></worksheet>";
    assertProblem(
        client.start("x.xlsx", workbook(book)), 400, "missing-columns", "Line 5 looks like");
  }

  @Test
  void aBookWithoutTheHeaderIsRefusedInWords() {
    assertProblem(
        client.start("x.xlsx", workbook(sheet(texts("Sessions of 2024"), texts(HEADER)))),
        400,
        "missing-columns",
        "Line 3 looks like the header",
        "read as header: Sessions of 2024");
    assertProblem(client.start("x.xlsx", workbook(EMPTY)), 400, "empty-file", "workbook");
    byte[] book = workbook(sheet(texts(HEADER)));
    assertProblem(
        client.start("x.xlsx", Arrays.copyOf(book, book.length / 2)), 400, "unreadable-zip");
    assertProblem(client.start("x.csv", book), 400, "not-csv", "spreadsheet", ".xlsx");
    assertProblem(
        client.start("x.xlsx", workbook("<worksheet><sheetData><row><c")), 400, "unreadable-zip");
    assertProblem(
        client.start(
            "x.zip",
            zip(entry("mimetype", ascii("application/vnd.oasis.opendocument.spreadsheet")))),
        400,
        "not-csv",
        ".ods");
  }

  /** The others wait for half a minute, which this test takes too. */
  @Test
  void aBookThatWaitsTooLongForAnotherIsToBeSentAgain(@TempDir Path folder) throws IOException {
    byte[] book =
        workbook(sheet(texts(HEADER), row(2, "S-1", text("2024-01-15T10:00:00Z"), "60", "5")));
    Path other = Files.write(folder.resolve("other.xlsx"), book);
    Answer waited;
    try (InputStream reading = Workbook.open(new ZipFile(other.toFile()))) {
      waited = client.start("x.xlsx", book);
      assertThat(reading.readAllBytes()).isNotEmpty();
    }
    assertProblem(waited, 429, "too-many-workbooks", "one workbook at a time", "Retry-After");
    assertThat(waited.header("Retry-After")).isEqualTo("30");
    assertThat(client.importFile("x.xlsx", book).path("successfulRows").asInt()).isEqualTo(1);
  }

  @Test
  void aBookCanBeResumedWithItself() {
    byte[] book =
        workbook(sheet(texts(HEADER), row(2, "S-1", text("2024-01-15T10:00:00Z"), "60", "5")));
    String job = client.start("x.xlsx", book).jobId();
    assertThat(client.resume(job, "x.xlsx", book).json().path("successfulRows").asInt())
        .isEqualTo(1);
  }

  @Test
  void aBombIsRefused() {
    assertProblem(
        client.start("x.xlsx", workbook("<worksheet a='" + " ".repeat(20_000_000) + "'/>")),
        400,
        "unreadable-zip");
    assertProblem(
        client.start(
            "x.xlsx",
            workbook(
                "<!DOCTYPE x [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;&a;'>]><worksheet>"
                    + "<sheetData><row><c t='str'><v>&b;</v></c></row></sheetData></worksheet>")),
        400,
        "unreadable-zip");
    assertProblem(
        client.start(
            "x.xlsx",
            workbook(
                "<worksheet><sheetData><row><c r='ZZZ1'><v>1</v></c></row></sheetData></worksheet>")),
        400,
        "unreadable-zip");
  }

  private static String line(String id, String date, String minutes, String rating) {
    return String.join(
        ",",
        id,
        "Mentorship",
        SessionFiles.PARTICIPANT,
        SessionFiles.VOLUNTEER,
        date,
        minutes,
        rating,
        "\"Good, kind\"",
        "");
  }

  /** A row whose last cell is not there, as programs leave out empty ones. */
  private static String row(int number, String id, String date, String minutes, String rating) {
    return "<row r='%1$d'>%2$s%3$s%4$s%5$s%6$s<c r='F%1$d'><v>%7$s</v></c><c r='G%1$d'><v>%8$s</v></c>%9$s</row>"
        .formatted(
            number,
            text(id),
            text("Mentorship"),
            text(SessionFiles.PARTICIPANT),
            "<c t='s'><v>0</v></c>",
            date,
            minutes,
            rating,
            text("Good, kind"));
  }

  private static String date(double day) {
    return "<c s='1'><v>" + day + "</v></c>";
  }

  private static String text(String text) {
    return "<c t='inlineStr'><is><t>" + text + "</t></is></c>";
  }

  private static String texts(String csv) {
    return "<row>"
        + String.join("", Arrays.stream(csv.split(",")).map(WorkbookIT::text).toList())
        + "</row>";
  }

  private static String sheet(String... rows) {
    return "<worksheet><sheetData>" + String.join("<row/>", rows) + "</sheetData></worksheet>";
  }

  private static byte[] workbook(String... sheets) {
    return workbook(Collections.nCopies(sheets.length, "visible"), sheets);
  }

  private static byte[] workbook(List<String> states, String... sheets) {
    List<Map.Entry<String, byte[]>> entries = new ArrayList<>();
    StringBuilder names = new StringBuilder();
    StringBuilder targets = new StringBuilder();
    for (int i = 0; i < sheets.length; i++) {
      names.append(
          "<sheet name='S%1$d' sheetId='%1$d' r:id='r%1$d' state='%2$s'/>"
              .formatted(i, states.get(i)));
      targets.append("<Relationship Id='r%1$d' Target='worksheets/sheet%1$d.xml'/>".formatted(i));
      entries.add(entry("xl/worksheets/sheet%d.xml".formatted(i), ascii(sheets[i])));
    }
    entries.add(entry("[Content_Types].xml", ascii("<Types/>")));
    entries.add(
        entry(
            "xl/workbook.xml",
            ascii("<workbook xmlns:r='urn:r'><sheets>" + names + "</sheets></workbook>")));
    entries.add(
        entry(
            "xl/_rels/workbook.xml.rels", ascii("<Relationships>" + targets + "</Relationships>")));
    entries.add(
        entry(
            "xl/sharedStrings.xml",
            ascii(
                "<sst><si><r><t>%s</t></r><r><t>%s</t></r></si></sst>"
                    .formatted(
                        SessionFiles.VOLUNTEER.substring(0, 2),
                        SessionFiles.VOLUNTEER.substring(2)))));
    entries.add(
        entry(
            "xl/styles.xml",
            ascii(
                "<styleSheet><numFmts><numFmt numFmtId='164' formatCode='[$-409]yyyy\\-mm\\-dd hh:mm:ss;@'/>"
                    + "</numFmts><cellXfs><xf numFmtId='0'/><xf numFmtId='164'/></cellXfs></styleSheet>")));
    return zip(entries);
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
