package org.kintell.backfill.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.kintell.backfill.testsupport.Packed.entry;
import static org.kintell.backfill.testsupport.Packed.gzip;
import static org.kintell.backfill.testsupport.Packed.zip;
import static org.kintell.backfill.testsupport.ProblemAssert.assertProblem;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.common.primitives.Bytes;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.kintell.backfill.testsupport.BackfillClient;
import org.kintell.backfill.testsupport.BackfillClient.Answer;
import org.kintell.backfill.testsupport.IntegrationTest;
import org.kintell.backfill.testsupport.Multipart;
import org.kintell.backfill.testsupport.Packed;
import org.kintell.backfill.testsupport.SessionFiles;
import org.kintell.backfill.testsupport.Sessions;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Archives and charsets: files are taken as people have them, and nothing is guessed. */
@IntegrationTest
class PackedAndForeignFilesIT {

  private static final String START = "/import/backfill/start";
  private static final byte[] FILE = SessionFiles.withBadRows(20, row -> row == 7);
  private static final Charset WINDOWS_1252 = Charset.forName("windows-1252");

  @Autowired BackfillClient client;
  @Autowired Sessions sessions;
  @Autowired JdbcClient jdbc;

  @BeforeEach
  void addUsers() {
    sessions.addUsers(SessionFiles.PARTICIPANT, SessionFiles.VOLUNTEER);
  }

  @ParameterizedTest
  @ValueSource(strings = {"sessions.csv", "SESSIONS.CSV", "export/2024/sessions.csv", "größe.csv"})
  void aZipOfOneCsvIsImported(String name) {
    JsonNode end = client.importFile("sessions.zip", zip(name, FILE));

    assertThat(end.path("fileName").asText()).isEqualTo("sessions.zip");
    assertThat(end.path("successfulRows").asInt()).isEqualTo(19);
    assertThat(client.errors(end.path("jobId").asText()).text()).contains(",7,Invalid rating: 9\n");
  }

  @Test
  void whatSystemsPutBesideTheCsvCountsForNothing() {
    byte[] archive =
        zip(
            entry("export/", new byte[0]),
            entry("export/.DS_Store", new byte[6148]),
            entry("export/sessions.csv", FILE),
            entry("__MACOSX/export/._sessions.csv", new byte[176]));

    assertThat(client.importFile("Export.ZIP", archive).path("successfulRows").asInt())
        .isEqualTo(19);
  }

  /** As {@code cat sessions.csv | zip} writes it, whose member is called {@code -}. */
  @ParameterizedTest
  @ValueSource(strings = {"-", "sessions.csv"})
  void aZipThatWasWrittenToAPipeIsImported(String name) throws IOException {
    byte[] archive = Packed.streamedZip(name, FILE);

    assertThat(client.importFile("sessions.zip", archive).path("successfulRows").asInt())
        .isEqualTo(19);
  }

  @Test
  void whatWindowsPutsBesideTheCsvCountsForNothing() {
    byte[] archive =
        zip(
            entry("export/Thumbs.db", new byte[4096]),
            entry("export/desktop.ini", new byte[100]),
            entry("export/~$sessions.xlsx", new byte[165]),
            entry("export/sessions.csv", FILE),
            entry("__MACOSX/._export", new byte[120]));

    assertThat(client.importFile("x.zip", archive).path("successfulRows").asInt()).isEqualTo(19);
  }

  @Test
  void aMemberWithoutItsChecksumIsRefused() {
    byte[] archive = zip("sessions.csv", FILE);
    archive[Bytes.indexOf(archive, new byte[] {'P', 'K', 1, 2}) + 16] ^= 1;
    assertProblem(client.start("x.zip", archive), 400, "unreadable-zip");
  }

  @Test
  void zerosBehindAGzipFileAreNoLoss() throws IOException {
    for (int zeros : new int[] {1, 7, 8, 9, 10, 512, 100_000}) {
      jdbc.sql("DELETE FROM kintell_sessions").update();
      byte[] padded = Bytes.concat(gzip(FILE), new byte[zeros]);
      assertThat(client.importFile("x.csv.gz", padded).path("successfulRows").asInt())
          .isEqualTo(19);
    }
    for (int zeros : new int[] {0, 1, 2, 8, 9, 10, 512, 100_000}) {
      byte[] lost = Bytes.concat(gzip(FILE), new byte[zeros], new byte[] {'x'});
      assertProblem(client.start("x.csv.gz", lost), 400, "damaged-gzip");
    }
  }

  @Test
  void aZipCanBeResumedWithItselfOrWithItsContent() {
    for (byte[] again : new byte[][] {zip("sessions.csv", FILE), FILE}) {
      jdbc.sql("DELETE FROM kintell_sessions").update();
      String job = client.start("sessions.zip", zip("sessions.csv", FILE)).jobId();
      assertProblem(
          client.resume(job, "sessions.zip", zip("sessions.csv", SessionFiles.good(1))),
          409,
          "other-content");
      assertProblem(
          client.resume(job, "x.zip", zip(entry("a.csv", FILE), entry("b.csv", FILE))),
          409,
          "other-content");
      assertThat(client.resume(job, "anything", again).json().path("successfulRows").asInt())
          .isEqualTo(19);
    }
  }

  @Test
  void aZipOfAnythingElseIsRefused() {
    byte[] small = SessionFiles.good(1);
    assertRefused(zip(), "no file");
    assertRefused(zip(entry("empty/", new byte[0])), "no file");
    assertRefused(zip(entry("__MACOSX/._x.csv", new byte[10])), "no file");
    assertRefused(zip(entry("sessions.txt", small)), "does not end in .csv");
    assertRefused(zip(entry("inner.zip", zip("x.csv", small))), "does not end in .csv");
    assertRefused(zip(entry("a.csv", small), entry("b.csv", small)), "more than one");
    assertRefused(zip(entry("a.csv", small), entry("notes.txt", small)), "more than one");
    assertRefused(zip(entry(".hidden", new byte[3_000_000]), entry("a.csv", small)), "hidden");
    assertProblem(client.start("x.zip", zip("x.csv", new byte[0])), 400, "empty-file");
    assertNothingStored();
  }

  @Test
  void aZipThatCannotBeReadIsRefused() {
    byte[] archive = zip("sessions.csv", SessionFiles.good(5000));
    byte[] damaged = archive.clone();
    damaged[archive.length / 2] ^= 0x55;
    // What counts is the directory; what stands before the member says the same.
    int directory = Bytes.indexOf(archive, new byte[] {'P', 'K', 1, 2});
    byte[] encrypted = archive.clone();
    encrypted[6] |= 1;
    encrypted[directory + 8] |= 1;
    byte[] unusual = archive.clone();
    unusual[8] = 9;
    unusual[directory + 10] = 9;
    for (byte[] broken :
        new byte[][] {Arrays.copyOf(archive, archive.length / 2), damaged, encrypted, unusual}) {
      assertProblem(client.start("x.zip", broken), 400, "unreadable-zip", "password");
    }
    assertNothingStored();
  }

  @Test
  void anArchiveUnderTheNameOfACsvIsAMistake() {
    assertProblem(client.start("sessions.csv", zip("sessions.csv", FILE)), 400, "not-csv", "ZIP");
    assertProblem(client.start("book.xlsx", zip("sheet1.xml", FILE)), 400, "not-csv", "ZIP");
  }

  @ParameterizedTest
  @CsvSource({
    "windows-1252, windows-1252",
    "Windows-1252, windows-1252",
    "cp1252, windows-1252",
    "ISO-8859-15, ISO-8859-15",
    "utf-8, UTF-8"
  })
  void aFileIsReadInTheCharsetThatIsNamed(String named, String charset) {
    byte[] file = withText("Größe: 5 €, déjà vu").getBytes(Charset.forName(charset));

    JsonNode end = client.importStarted(upload("charset=" + named, file));

    assertThat(end.path("successfulRows").asInt()).as(end.toString()).isEqualTo(1);
    assertThat(sessions.imported().get(0)).containsEntry("feedback_text", "Größe: 5 €, déjà vu");
    assertThat(charsetOf(end)).isEqualTo(charset);
  }

  @Test
  void theCharsetMayBeAFieldOfTheFormAndTheFilePacked() throws IOException {
    byte[] file = withText("Größe").getBytes(WINDOWS_1252);
    Answer start =
        client.send(
            new Multipart()
                .field("charset", "windows-1252")
                .file("sessions.csv.gz", gzip(file))
                .post(client.request(START)));
    assertThat(client.importStarted(start).path("successfulRows").asInt()).isEqualTo(1);
    assertThat(sessions.imported().get(0)).containsEntry("feedback_text", "Größe");
  }

  @Test
  void withoutANamedCharsetAFileIsUtf8AndNothingElse() {
    byte[] file = withText("Größe").getBytes(WINDOWS_1252);

    JsonNode end = client.importFile("sessions.csv", file);

    assertThat(end.path("failedRows").asInt()).isEqualTo(1);
    assertThat(client.errors(end.path("jobId").asText()).text())
        .contains(",1,Invalid UTF-8 in feedback_text (check charset)\n");
    assertThat(charsetOf(end)).isEqualTo("UTF-8");
  }

  @Test
  void aByteThatTheCharsetDoesNotDefineSpoilsItsRowOnly() {
    String file = withText("\u0081") + SessionFiles.row("S-2", "5");

    JsonNode end =
        client.importStarted(
            upload("charset=windows-1252", file.getBytes(StandardCharsets.ISO_8859_1)));

    assertThat(end.path("failedRows").asInt()).isEqualTo(1);
    assertThat(sessions.ids()).containsExactly("S-2");
    assertThat(client.errors(end.path("jobId").asText()).text())
        .endsWith(",1,Invalid UTF-8 in feedback_text (check charset)\n");
  }

  /** It is in UTF-8, as it says, whatever the file was in. */
  @Test
  void theErrorFileCanBeMendedAndSentAgain() {
    byte[] file = withText("Größe €").replace(",60,", ",0,").getBytes(WINDOWS_1252);
    JsonNode end = client.importStarted(upload("charset=windows-1252", file));
    Answer errors = client.errors(end.path("jobId").asText());
    assertThat(errors.header("Content-Type")).containsIgnoringCase("charset=utf-8");
    assertThat(errors.text()).contains("Größe €", ",1,Invalid duration: 0\n");

    byte[] corrected = errors.text().replace(",0,", ",60,").getBytes(StandardCharsets.UTF_8);
    JsonNode again = client.importFile("corrected.csv", corrected);

    assertThat(again.path("successfulRows").asInt()).isEqualTo(1);
    assertThat(sessions.imported().get(0)).containsEntry("feedback_text", "Größe €");
  }

  @Test
  void resumeComparesWhatTheFileSays() {
    byte[] file = withText("Größe").getBytes(WINDOWS_1252);
    String job = client.start(START + "?charset=windows-1252", file, 201);
    byte[] utf8 = withText("Größe").getBytes(StandardCharsets.UTF_8);
    assertProblem(client.resume(job, "sessions.csv", utf8), 409, "other-content");
    assertThat(client.resume(job, "sessions.csv", file).json().path("successfulRows").asInt())
        .isEqualTo(1);
  }

  @Test
  void resumeReadsTheFileInTheCharsetThatItsPartNames() throws IOException {
    byte[] utf8 = withText("Größe").getBytes(StandardCharsets.UTF_8);
    byte[] ansi = withText("Größe").getBytes(WINDOWS_1252);
    String job = client.start("sessions.csv", utf8).jobId();
    assertProblem(resume(job, "text/csv; charset=ISO-8859-15", utf8), 409, "other-content");
    assertProblem(resume(job, "text/csv; charset=klingon", ansi), 400, "unknown-charset");
    assertThat(resume(job, "text/csv; charset=windows-1252", ansi).status()).isEqualTo(200);

    String other = client.start(START + "?charset=windows-1252", ansi, 201);
    assertThat(resume(other, "text/csv; charset=utf-8", utf8).status()).isEqualTo(200);
  }

  private Answer resume(String job, String type, byte[] content) throws IOException {
    Multipart body = new Multipart().file("sessions.csv", content, "Content-Type: " + type);
    return client.send(body.post(client.request("/import/backfill/" + job + "/resume")));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "charset=",
        "charset=latin",
        "charset=UTF-16",
        "charset=%20",
        "charset=UTF-8&charset=windows-1252"
      })
  void anyOtherCharsetIsRefused(String query) {
    assertProblem(upload(query, FILE), 400, "unknown-charset", "UTF-8", "windows-1252");
    assertNothingStored();
  }

  @Test
  void aCharsetThatTheFileContradictsIsRefused() {
    byte[] file = ("\ufeff" + withText("Größe")).getBytes(StandardCharsets.UTF_8);
    assertProblem(upload("charset=windows-1252", file), 400, "not-csv", "byte order mark");
  }

  private Answer upload(String query, byte[] content) {
    return client.upload(START + "?" + query, "sessions.csv", new ByteArrayInputStream(content));
  }

  private void assertRefused(byte[] archive, String reason) {
    assertProblem(client.start("x.zip", archive), 400, "zip-content", "one CSV file", reason);
  }

  private String charsetOf(JsonNode job) {
    return jdbc.sql("SELECT charset FROM backfill_jobs WHERE id = ?")
        .param(UUID.fromString(job.path("jobId").asText()))
        .query(String.class)
        .single();
  }

  private void assertNothingStored() {
    assertThat(jdbc.sql("SELECT count(*) FROM backfill_jobs").query(Long.class).single()).isZero();
  }

  private static String withText(String text) {
    return SessionFiles.HEADER + SessionFiles.row("S-1", "5").replace("Fine", '"' + text + '"');
  }
}
