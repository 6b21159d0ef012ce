package org.kintell.backfill.reject;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.kintell.backfill.testsupport.BackfillClient;
import org.kintell.backfill.testsupport.BackfillClient.Answer;
import org.kintell.backfill.testsupport.IntegrationTest;
import org.kintell.backfill.testsupport.SessionFiles;
import org.kintell.backfill.testsupport.Sessions;
import org.springframework.beans.factory.annotation.Autowired;

/**
 * LibreOffice, without a window, opens and saves an error file with a row for each cause; the
 * result is uploaded.
 */
@IntegrationTest
class SpreadsheetLoopIT {

  private static final String GOOD =
      "Mentorship,p@example.com,v@example.com,2024-01-15T10:00:00Z,60";

  /** With semicolons. */
  private static final String CSV =
      "csv:Text - txt - csv (StarCalc):59,34,76,1,,0,false,true,false";

  private static final String XLSX = "xlsx";

  /** By session_id. S-0 is in the database; the last quote is never closed. */
  private static final String[] ROWS = {
    "S-1," + GOOD,
    "S-2," + GOOD + ",5,Good, kind,B1",
    "S-3," + GOOD + ",5,\"Good\" indeed,B1",
    "S-4," + GOOD + ",5,Gr\u00fc\u00dfe,B1",
    "S-5,," + GOOD.substring(GOOD.indexOf(',') + 1) + ",,,",
    "x".repeat(256) + "," + GOOD + ",,,",
    "S-7,Coffee" + GOOD.substring(GOOD.indexOf(',')) + ",,,",
    "S-8,Mentorship,p@,v@example.com,2024-01-15T10:00:00Z,60,,,",
    "S-9,Mentorship,p@example.com,v@example.com,yesterday,0,9,\"He said \"\"hm\"\", then\nleft\",X9",
    "S-10,Mentorship,nobody@example.com,noone@example.com,2024-01-15T10:00:00Z,60,,,",
    "S-11,Mentorship,DOUBLE@example.com,Double@Example.com,2024-01-15T10:00:00Z,60,,,",
    "S-0," + GOOD + ",,,",
    "S-13," + GOOD + ",5,\"Never closed,B1",
  };

  @Autowired BackfillClient client;
  @Autowired Sessions sessions;
  @TempDir Path folder;

  @Test
  void nothingIsImportedThatNobodyCorrected() throws Exception {
    String parent = parent();
    String name = "backfill_errors_" + parent + ".csv";
    Files.write(folder.resolve(name), client.errors(parent).bytes());

    byte[] saved = save(name, CSV);

    assertNothingIsImported(parent, client.start(name, saved));

    String corrected =
        new String(saved, StandardCharsets.UTF_8)
            .replace(";yesterday;0;9;", ";2024-01-15T10:00:00Z;60;5;")
            .replace(";X9;", ";B2;")
            .replaceFirst("(S-1;[^\n]*;60;);;", "$1;Short;B1");
    JsonNode again = client.importStarted(client.start(name, corrected));
    assertThat(again.path("successfulRows").asInt()).isEqualTo(2);
    assertThat(sessions.ids()).containsOnly("S-0", "S-1", "S-9");
    assertThat(open(parent)).isEqualTo(ROWS.length - 2);
  }

  @Test
  void nothingIsImportedThatNobodyCorrectedInAWorkbook() throws Exception {
    String parent = parent();
    String name = "backfill_errors_" + parent;
    Files.write(folder.resolve(name + ".csv"), client.errors(parent).bytes());

    byte[] saved = save(name + ".csv", XLSX);

    assertNothingIsImported(parent, client.start(name + ".xlsx", saved));
  }

  @ParameterizedTest
  @ValueSource(strings = {CSV, XLSX})
  void theFormForSpreadsheetsComesBackWithoutTheApostrophesThatWereAdded(String format)
      throws Exception {
    sessions.addUsers("p@example.com", "v@example.com");
    List<String> texts = List.of("=1+1", "'=1+1", "-5 degrees", "'quoted'", "+380 44; @home");
    StringBuilder file = new StringBuilder(SessionFiles.HEADER);
    for (int i = 0; i < texts.size(); i++) {
      file.append("F-%d,%s,9,%s,B1\n".formatted(i, GOOD, texts.get(i)));
    }
    String parent =
        client
            .importFile("sessions.csv", file.toString().getBytes(StandardCharsets.UTF_8))
            .path("jobId")
            .asText();
    String name = "backfill_errors_" + parent;
    byte[] form = client.get("/import/backfill/" + parent + "/errors?spreadsheet=safe").bytes();
    String corrected = new String(form, StandardCharsets.UTF_8).replace(",60,9,", ",60,5,");
    Files.writeString(folder.resolve(name + ".csv"), corrected);

    byte[] saved = save(name + ".csv", format);

    client.importStarted(client.start(name + "." + ending(format), saved));
    assertThat(sessions.imported().stream().map(session -> session.get("feedback_text")))
        .containsExactlyElementsOf(texts);
    assertThat(open(parent)).isZero();
  }

  private String parent() {
    sessions.addUsers("p@example.com", "v@example.com", "double@example.com", "dOUBLE@example.com");
    sessions.add("S-0", "p@example.com", "v@example.com");
    String parent = client.importFile("sessions.csv", file()).path("jobId").asText();
    assertThat(client.status(parent).json().path("failedRows").asInt()).isEqualTo(ROWS.length);
    return parent;
  }

  private void assertNothingIsImported(String parent, Answer start) {
    assertThat(start.json().path("parentJobId").asText()).isEqualTo(parent);
    JsonNode child = client.importStarted(start);
    assertThat(child.path("successfulRows").asInt()).isZero();
    assertThat(messages(start.jobId())).isEqualTo(messages(parent));
    assertThat(open(parent)).isEqualTo(ROWS.length);
  }

  private static byte[] file() {
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    file.writeBytes(SessionFiles.HEADER.getBytes(StandardCharsets.UTF_8));
    for (String row : ROWS) {
      file.writeBytes(
          (row + "\n")
              .getBytes(
                  row.startsWith("S-4") ? StandardCharsets.ISO_8859_1 : StandardCharsets.UTF_8));
    }
    return file.toByteArray();
  }

  /** Each reject's message, by its session_id. */
  private Map<String, String> messages(String job) {
    Map<String, String> messages = new TreeMap<>();
    String errors = client.errors(job).text();
    String delimiter = errors.startsWith("session_id;") ? ";" : ",";
    String id = null;
    for (String line : errors.lines().skip(1).toList()) {
      id = line.contains("60") || line.contains("yesterday") ? line.split(delimiter)[0] : id;
      String message = line.replaceFirst("^.*" + delimiter + "\\d+" + delimiter, "");
      messages.put(id, message.replace("\"", "").replace("; ", " + "));
    }
    return messages;
  }

  private long open(String job) {
    return client.status(job).json().path("openRejects").asLong();
  }

  private static String ending(String format) {
    return format.split(":")[0];
  }

  /** The file, in UTF-8 with commas, as the spreadsheet saves it in a format. */
  private byte[] save(String name, String format) throws IOException, InterruptedException {
    assumeTrue(hasSpreadsheet(), "LibreOffice is not installed: soffice is not on the PATH");
    Process soffice =
        new ProcessBuilder(
                List.of(
                    "soffice",
                    "--headless",
                    "-env:UserInstallation=" + folder.resolve("profile").toUri(),
                    "--infilter=CSV:44,34,76,1",
                    "--convert-to",
                    format,
                    "--outdir",
                    folder.resolve("saved").toString(),
                    folder.resolve(name).toString()))
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("soffice.log").toFile())
            .start();
    assertThat(soffice.waitFor(300, TimeUnit.SECONDS)).isTrue();
    return Files.readAllBytes(
        folder.resolve("saved").resolve(name.replaceFirst("csv$", ending(format))));
  }

  private static boolean hasSpreadsheet() {
    return Stream.of(System.getenv("PATH").split(":"))
        .map(Path::of)
        .anyMatch(path -> Files.isExecutable(path.resolve("soffice")));
  }
}
