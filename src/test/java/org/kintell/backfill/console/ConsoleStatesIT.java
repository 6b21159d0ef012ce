package org.kintell.backfill.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.kintell.backfill.testsupport.BackfillClient;
import org.kintell.backfill.testsupport.ConsolePage;
import org.kintell.backfill.testsupport.Database;
import org.kintell.backfill.testsupport.RealParts;
import org.kintell.backfill.testsupport.ServiceProcess;
import org.kintell.backfill.testsupport.SessionFiles;
import org.kintell.backfill.testsupport.TcpProxy;
import org.openqa.selenium.Keys;

/**
 * Every page of the console in every state that an import can be in: its words, and that everybody
 * can read and operate it, by keyboard too. On a loopback address without keys.
 */
@Tag("faults")
class ConsoleStatesIT {

  private static final String LOADED = "NEW.state = 'loaded' AND OLD.state <> 'loaded'";

  private static Database database;
  private static TcpProxy wire;
  private static ServiceProcess service;
  private static BackfillClient client;
  private static ConsolePage page;

  @BeforeAll
  static void start() {
    database = RealParts.newDatabase();
    String port = ":" + URI.create(database.url()).getPort() + "/";
    wire = new TcpProxy(URI.create(database.url()).getPort());
    service =
        ServiceProcess.on(database)
            .with("DATABASE_URL", database.url().replace(port, ":" + wire.port() + "/"))
            .with("BACKFILL_MAX_CONCURRENT_JOBS", "1")
            .start();
    client = service.client();
    database.sessions().addUsers(SessionFiles.PARTICIPANT, SessionFiles.VOLUNTEER);
    page = ConsolePage.open(service.url("/"));
  }

  @AfterAll
  static void stop() {
    if (page != null) {
      page.close();
    }
    service.close();
    wire.close();
    database.close();
  }

  @BeforeEach
  void empty() {
    database.jdbc().sql("DELETE FROM kintell_sessions").update();
    database.jdbc().sql("DELETE FROM backfill_jobs").update();
  }

  @AfterEach
  void nothingWasRefused() {
    page.assertNothingRefused();
  }

  /** Waits until a place shows these texts, and requires that everybody can use it. */
  private static void assertUsable(String place, String... texts) {
    if (!page.place().equals(place)) {
      page.go(place);
    }
    page.awaitText(texts);
    page.assertAccessible(place + ": " + texts[0]);
    page.assertKeyboardReachesAll(place + ": " + texts[0]);
  }

  private static String start(String name, byte[] content) {
    return client.start(name, content).jobId();
  }

  private static void post(String job, String what) {
    client.send(
        client.request("/import/backfill/" + job + "/" + what).POST(BodyPublishers.noBody()));
  }

  private static void awaitStatus(String job, String status) {
    await().until(() -> client.status(job).json().path("status").asText().equals(status));
  }

  @Test
  void anImportFromItsCheckToItsCancellation() {
    String other = start("other.csv", SessionFiles.good(1));
    String job = start("states.csv", SessionFiles.withBadRows(4, row -> row == 2));
    database.holdUpWhen(LOADED);
    try {
      client.resumeWithoutWaiting(other);
      database.awaitHeldUp();
      String place = "#/job/" + job;
      assertUsable(place, "Not started", "The check waits its turn", "Import without a check");
      page.click("Import without a check");
      assertUsable(place, "Waiting its turn", "Cancel import");
      assertUsable("#/", "Waiting its turn", "1 running, 1 waiting", "Importing");
      assertUsable("#/job/" + other, "Importing", "Not processed yet");
      page.click("Pause");
      assertUsable("#/job/" + other, "Pausing");
      page.click("Cancel import");
      assertUsable("#/job/" + other, "Cancel this import?", "Keep importing");
      page.click("Keep importing");
    } finally {
      database.letGo();
    }
    awaitStatus(job, "completed");
    assertUsable("#/job/" + job, "Completed with rejects", "2 of 2 rows still open");
    String third = start("third.csv", SessionFiles.good(3));
    post(third, "cancel");
    assertUsable("#/job/" + third, "Cancelled", "Receipt");
    assertUsable("#/", "third.csv", "Cancelled", "Completed with rejects");
  }

  @Test
  void aCheckThatRunsAndOneThatStopped() {
    String job = start("check.csv", SessionFiles.good(3));
    database.holdUpWhen(LOADED);
    try {
      page.go("#/job/" + job);
      database.awaitHeldUp();
      assertUsable("#/job/" + job, "Checking every row", "Import without a check");
      database.jdbc().sql("UPDATE backfill_jobs SET status = 'failed' WHERE dry_run").update();
    } finally {
      database.letGo();
    }
    assertUsable("#/job/" + job, "The check stopped. Nothing was imported", "Check again");
    page.click("Check again");
    assertUsable("#/job/" + job, "All 3 rows can be imported", "The check is kept until");
  }

  @Test
  void aPausedAFailedAndADeletedImport() {
    String paused = start("paused.csv", SessionFiles.withBadRows(3, row -> true));
    post(paused, "resume?maxErrors=1");
    awaitStatus(paused, "paused");
    assertUsable("#/job/" + paused, "Paused", "Resume", "Fix 3 rows");

    String failed = start("failed.csv", SessionFiles.good(3));
    String message = "<img src=x onerror=alert(1)> \uD83D\uDE80 \u202Efdp. " + "m".repeat(4_000);
    database
        .jdbc()
        .sql("UPDATE backfill_jobs SET status = 'failed', message = ? WHERE id = ?::uuid")
        .params(message, failed)
        .update();
    assertUsable("#/job/" + failed, "Failed", "<img src=x onerror=alert(1)> \uD83D\uDE80", "mmmmm");
    assertThat(page.script("return document.querySelectorAll('main img').length")).isEqualTo(0L);
    assertUsable("#/", "failed.csv", "Failed", "Paused");

    page.go("#/job/" + failed);
    page.awaitText("About this import");
    database.jdbc().sql("DELETE FROM backfill_jobs WHERE id = ?::uuid").param(failed).update();
    assertUsable("#/job/" + failed, "This import was deleted while the page was open");
    assertUsable("#/job/00000000-0000-0000-0000-000000000000", "This import is not there");
  }

  @Test
  void anUndoWhileItRunsAndAfterwards() {
    String job = client.importFile("undo.csv", SessionFiles.good(3)).path("jobId").asText();
    assertUsable("#/job/" + job, "Completed", "Undo import");
    assertUsable("#/job/" + job + "/undo", "Removes 3 sessions", "To confirm");
    database.holdUpWhen("NEW.rolled_back_at IS NOT NULL AND OLD.rolled_back_at IS NULL");
    try {
      post(job, "rollback");
      database.awaitHeldUp();
      assertUsable("#/job/" + job, "Undoing", "removed so far");
      assertUsable("#/", "undo.csv", "Undoing");
    } finally {
      database.letGo();
    }
    assertUsable("#/job/" + job, "Undone", "3 sessions removed");
    assertUsable("#/job/" + job + "/receipt", "Undone", "Removed by an undo");
  }

  @Test
  void rowsOfEveryKindAndNoneLeft() {
    String rows =
        SessionFiles.HEADER
            + SessionFiles.row("R-1", "9")
            + "R-2,too,few\n"
            + SessionFiles.row("R-3", "4").replace("B1", "X9")
            + SessionFiles.row("R-4", "4").replace("2024-01-15T10:00:00Z", "yesterday")
            + SessionFiles.row("R-5", "4").replace(SessionFiles.PARTICIPANT, "no@example.com");
    String job = client.importFile("rows.csv", rows.getBytes()).path("jobId").asText();
    assertUsable("#/job/" + job + "/fix", "Row by row", "5 of 5 rows", "Nothing corrected yet");
    assertUsable("#/job/" + job + "/fix/column-count-mismatch", "1 of 1 row");
    assertUsable("#/job/" + job + "/fix/invalid-quoting", "No open row has this cause");
    assertUsable("#/job/" + job + "/users", "no@example.com", "Look again");
    database.sessions().addUsers("no@example.com");
    page.click("Look again");
    assertUsable("#/job/" + job + "/users", "No open row lacks a user", "Retry 1 row");
  }

  @Test
  void uploadsThatAreRefusedOrDropped() throws IOException {
    assertUsable("#/", "No imports yet", "Choose a file");
    page.dragOver(".upload");
    assertUsable("#/", "Drop the file to upload and check it");
    page.drop(".upload", "notes.csv", "name,age\nx,1\n".getBytes());
    assertUsable("#/", "This file cannot be imported", "Download the template");
    Path folder = Files.createTempDirectory(Path.of("target"), "none");
    page.choose(Files.write(folder.resolve("empty.csv"), new byte[0]));
    assertUsable("#/", "The file is empty");

    page.uploadSpeed(20_000);
    page.drop(".upload", "slow.csv", SessionFiles.good(20_000));
    assertUsable("#/", "Uploading", "slow.csv", "Cancel");
    page.click("Cancel");
    page.uploadSpeed(-1);
    page.awaitText("Choose a file");

    page.choose(folder.resolve("empty.csv"));
    page.awaitText("The file is empty");
    page.drop("body", "beside.csv", SessionFiles.good(1));
    assertThat(page.text()).contains("The file is empty");
    page.drop(".upload", "dropped.csv", SessionFiles.good(2));
    assertUsable(awaitJob(), "dropped.csv", "All 2 rows can be imported", "Import 2 rows");
    page.go("#/");
    page.awaitText("dropped.csv");
    page.type("File name", "nothing");
    assertUsable("#/", "No import matches");
    page.field("File name").sendKeys(Keys.chord(Keys.CONTROL, "a"), Keys.BACK_SPACE);
    page.awaitText("dropped.csv");
  }

  private static String awaitJob() {
    await().until(() -> page.place().startsWith("#/job/"));
    return page.place();
  }

  @Test
  void theDatabaseAway() {
    start("kept.csv", SessionFiles.good(1));
    page.go("#/system");
    page.awaitText("Health", "Processes");
    page.go("#/");
    page.awaitText("kept.csv");
    wire.cut();
    try {
      assertUsable("#/", "The database cannot be used", "kept.csv");
      assertUsable("#/system", "The database cannot be used", "Health");
    } finally {
      wire.letPass();
    }
    page.awaitNoText("The database cannot be used");
    assertUsable("#/", "kept.csv", "Live");
  }

  /** From the file to its corrected rows; only the browser's own window for files is left out. */
  @Test
  void anImportAndItsCorrectionWithNothingButAKeyboard() throws IOException {
    Path folder = Files.createTempDirectory(Path.of("target"), "keys");
    page.go("#/");
    page.awaitText("No imports yet");
    page.tabTo("Choose a file");
    page.choose(
        Files.write(folder.resolve("keys.csv"), SessionFiles.withBadRows(3, row -> row == 2)));
    page.awaitText("2 rows can be imported, 1 cannot");
    enter("Import the 2 good rows");
    page.awaitText("Completed with rejects", "Fix 1 row");
    enter("Fix 1 row");
    page.awaitText("Row by row");
    page.tabTo("rating of row 2");
    page.press(Keys.chord(Keys.CONTROL, "a"), "4");
    page.awaitText("1 row edited");
    enter("Check corrections");
    page.awaitText("The corrected row would be imported");
    enter("Import 1 row");
    page.awaitText("Made from the rejects of", "Completed");
    enter("All imports");
    page.awaitText("Completed, all rejects imported");
    await().untilAsserted(() -> assertThat(database.sessions().ids()).hasSize(3));
  }

  /** Tabs to the element with this text, and presses Enter. */
  private static void enter(String text) {
    page.tabTo(text);
    page.press(Keys.ENTER);
  }
}
