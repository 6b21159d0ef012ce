package org.kintell.backfill.console;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.kintell.backfill.testsupport.BackfillClient;
import org.kintell.backfill.testsupport.BackfillClient.Answer;
import org.kintell.backfill.testsupport.ConsolePage;
import org.kintell.backfill.testsupport.Database;
import org.kintell.backfill.testsupport.RealParts;
import org.kintell.backfill.testsupport.ServiceProcess;
import org.kintell.backfill.testsupport.SessionFiles;
import org.openqa.selenium.Keys;
import org.openqa.selenium.support.ui.Select;

/** What people do at the console, in a browser, against the jar; each is known by a key. */
class ConsoleIT {

  private static final String OPERATOR = "a key that an operator was given";
  private static final String VIEWER = "a key that a viewer was given";
  private static final String METRICS = "a key that a scraper was given";

  private static Database database;
  private static ServiceProcess service;
  private static BackfillClient operator;
  private static ConsolePage page;

  /** The key that opened the page's session; null while there is none. */
  private static String signedIn;

  private static String operatorKey = OPERATOR;

  @BeforeAll
  static void start() {
    database = RealParts.newDatabase();
    service = ServiceProcess.on(database).with("BACKFILL_API_KEYS", keys(OPERATOR)).start();
    operator = service.client().withKey(OPERATOR);
    database.sessions().addUsers(SessionFiles.PARTICIPANT, SessionFiles.VOLUNTEER);
    page = ConsolePage.open(service.url("/"));
  }

  private static String keys(String operator) {
    return SignInIT.entry("ops", "operator", operator)
        + ","
        + SignInIT.entry("guest", "viewer", VIEWER)
        + ","
        + SignInIT.entry("scraper", "metrics", METRICS);
  }

  @AfterAll
  static void stop() {
    if (page != null) {
      page.close();
    }
    service.close();
    database.close();
  }

  @BeforeEach
  void empty() {
    database.jdbc().sql("DELETE FROM kintell_sessions").update();
  }

  @AfterEach
  void nothingWasRefused() {
    page.assertNothingRefused();
  }

  /** Opens the list with this key; a session with it goes on. */
  private static void as(String key) {
    if (key.equals(signedIn)) {
      page.go("#/");
    } else {
      signOut();
      page.signIn(key);
      signedIn = key;
    }
    page.awaitText(" running, ", " waiting, ");
  }

  private static void signOut() {
    if (signedIn != null) {
      page.click("Sign out");
      page.awaitText("Enter your API key");
      signedIn = null;
    }
  }

  @Test
  void aWrongKeyIsRefusedAndARightOneOpensTheListWhichMovesByItself() {
    signOut();
    page.signIn("nonsense");
    page.awaitText("This key is not valid");
    page.assertAccessible("signing in");
    page.signIn(operatorKey);
    signedIn = operatorKey;
    page.awaitText("Imports", "Choose a file");

    String job = operator.start("moves.csv", SessionFiles.withBadRows(20, row -> row == 3)).jobId();
    page.awaitText("moves.csv", "Not started");
    operator.resume(job);
    page.awaitText("Completed with rejects");
    page.assertAccessible("the list");

    page.click("moves.csv");
    page.awaitText("19", "Rejected rows", "Invalid rating", "ops", "uploaded the file");
    page.click("Does it add up?");
    page.click("Count again");
    page.awaitText("Adds up", "19 sessions in the database");
    page.assertAccessible("a job");
    assertThat(page.title()).contains("moves.csv", "Completed with rejects");
  }

  @Test
  void aViewerLooksAndMayDoNoMore() {
    String job = operator.start("look.csv", SessionFiles.withBadRows(5, row -> row == 2)).jobId();
    operator.resume(job);
    as(VIEWER);
    page.awaitText("look.csv", "You may look, but not import");
    page.go("#/job/" + job);
    page.awaitText("Rejected rows", "Invalid rating");

    assertThat(page.text())
        .doesNotContain(SessionFiles.PARTICIPANT, SessionFiles.VOLUNTEER)
        .doesNotContain("Retry", "Fix in browser", "Show values", "as CSV");
    page.assertAccessible("a job that a viewer sees");
  }

  @Test
  void aFileThatIsChosenIsCheckedBeforeAnythingIsImported() throws IOException {
    Path folder = Files.createTempDirectory(Path.of("target"), "chosen");
    as(operatorKey);
    page.choose(
        Files.write(folder.resolve("chosen.csv"), SessionFiles.withBadRows(4, r -> r == 1)));

    page.awaitText("chosen.csv", "Not started", "can be imported", "Row 1: Invalid rating: 9");
    page.assertAccessible("a check");
    // A day from now, and not a time of today.
    assertThat(page.text()).containsPattern("The check is kept until \\d{1,2} \\w{3} \\d{4}");
    String job = page.place().replace("#/job/", "");
    assertThat(operator.status(job).json().path("status").asText()).isEqualTo("pending");
  }

  @Test
  void aSessionThatIsOverCostsNoChosenFileAndCanStillBeSignedOut() throws IOException {
    Path folder = Files.createTempDirectory(Path.of("target"), "late");
    as(operatorKey);
    page.forgetSession();
    page.choose(Files.write(folder.resolve("late.csv"), SessionFiles.good(2)));
    page.awaitText("Your session is over");
    page.go("#/system");
    page.signIn(operatorKey);
    page.awaitText("Uploaded", "late.csv", "Processes");
    page.assertAccessible("an upload that ended while another page was looked at");
    page.click("Look at its check");
    page.awaitText("late.csv", "All 2 rows can be imported");

    page.forgetSession();
    page.click("Sign out");
    page.awaitText("Enter your API key");
    signedIn = null;
  }

  @Test
  void aFileThatWasImportedBeforeIsNotCalledAWrongFile() throws IOException {
    byte[] file = SessionFiles.good(3);
    operator.resume(operator.start("first.csv", file).jobId());
    Path folder = Files.createTempDirectory(Path.of("target"), "again");
    as(operatorKey);
    page.choose(Files.write(folder.resolve("again.csv"), file));
    page.awaitText("None of the 3 rows can be imported", "All of its sessions exist already");
    assertThat(page.text()).doesNotContain("wrong file");
  }

  @Test
  void aPauseThatIsTakenBackIsNoLongerShownAndAStandstillIs() {
    String job = operator.start("back.csv", SessionFiles.good(3)).jobId();
    as(operatorKey);
    database.holdUpWhen("NEW.state = 'loaded' AND OLD.state <> 'loaded'");
    try {
      operator.resumeWithoutWaiting(job);
      database.awaitHeldUp();
      page.go("#/job/" + job);
      page.click("Pause");
      awaitStatus("Pausing");
      page.go("#/");
      awaitListed("back.csv", "Pausing");
      page.go("#/job/" + job);
      page.click("Resume");
      awaitStatus("Importing");
      page.go("#/");
      awaitListed("back.csv", "Importing");

      page.go("#/job/" + job);
      awaitStatus("Importing");
      // From here on no event comes, and after ten seconds without progress it stands still.
      database
          .jdbc()
          .sql("UPDATE backfill_jobs SET started_at = now() - interval '5 s' WHERE id = ?::uuid")
          .param(job)
          .update();
      page.awaitText("a lock in the database");
      page.assertAccessible("an import that stands still");
    } finally {
      database.letGo();
    }
    awaitStatus("Completed");
    assertThat(page.button("Pause").getDomAttribute("title"))
        .isEqualTo("Only a running or waiting import can be paused.");
  }

  /** Waits until the page of an import shows this status. */
  private static void awaitStatus(String status) {
    awaitTexts("//p[@class='sub']/span[contains(@class, 'status')]", status);
  }

  /** Waits until the list shows this status of a file. */
  private static void awaitListed(String file, String status) {
    awaitTexts(
        "//tr[th/a[normalize-space()='%s']]//*[contains(@class, 'status')]".formatted(file),
        status);
  }

  private static void awaitTexts(String xpath, String... texts) {
    await().untilAsserted(() -> assertThat(page.texts(xpath)).containsExactly(texts));
  }

  @Test
  void theListMovesUnderAFilterWhichStaysAndForgetsWhatWasDeletedWhileNobodyLooked() {
    String gone = operator.start("gone.csv", SessionFiles.good(1)).jobId();
    as(operatorKey);
    page.awaitText("gone.csv");
    page.cover(true);
    database.jdbc().sql("DELETE FROM backfill_jobs WHERE id = ?::uuid").param(gone).update();
    page.cover(false);
    page.awaitNoText("gone.csv");

    new Select(page.field("Status")).selectByValue("completed");
    page.type("File name", "filtered");
    page.awaitText("No import matches");
    operator.resume(operator.start("filtered.csv", SessionFiles.good(1)).jobId());
    page.awaitText("filtered.csv");
    page.click("filtered.csv");
    page.awaitText("About this import");
    page.go("#/");
    page.awaitText("filtered.csv");
    assertThat(page.field("File name").getDomProperty("value")).isEqualTo("filtered");
    assertThat(page.texts("//tbody/tr")).hasSize(1);
    page.reload();
    page.awaitText("Choose a file");
  }

  @Test
  void aTabThatIsHiddenClosesItsStreamAndOpensItWhenItIsShown() {
    as(operatorKey);
    awaitStreams(1);
    page.cover(true);
    awaitStreams(0);
    page.cover(false);
    awaitStreams(1);
    page.awaitText("Live");
  }

  private static void awaitStreams(int count) {
    await()
        .atMost(Duration.ofSeconds(30))
        .untilAsserted(
            () ->
                assertThat(
                        service
                            .client()
                            .withKey(METRICS)
                            .get("/actuator/prometheus")
                            .text()
                            .lines())
                    .contains("kintell_progress_watchers " + count + ".0"));
  }

  @Test
  void aNameThatIsAnAttackIsAName() {
    String name = "<img src=x onerror=alert(1)> \u202Efdp.\u202C \uD83D\uDE80 '&.csv";
    operator.start(name, SessionFiles.good(2));
    operator.start("n".repeat(4_000) + ".csv", SessionFiles.good(2));
    as(operatorKey);

    page.awaitText("<img src=x onerror=alert(1)> \\u202efdp.\\u202c \uD83D\uDE80 '&.csv");
    page.assertAccessible("hostile names");
    assertThat(page.script("return document.querySelectorAll('main img').length")).isEqualTo(0L);
  }

  @Test
  void everythingIsReachedByKeyboard() {
    as(operatorKey);
    page.reload();
    page.awaitText("Choose a file");
    assertThat(focusAfter(Keys.TAB)).contains("Skip to content");
    page.press(Keys.ENTER);
    assertThat(page.script("return document.activeElement.id")).isEqualTo("main");
    assertThat(focusAfter(Keys.TAB)).contains("file");
  }

  private static String focusAfter(Keys key) {
    page.press(key);
    return (String)
        page.script("const e = document.activeElement; return e.id + ' ' + e.textContent");
  }

  @Test
  void ninetyEightRowsWithOneWrongValueAreCorrectedByOneRuleOverPagesThatWereNeverShown() {
    StringBuilder file = new StringBuilder(SessionFiles.HEADER);
    for (int row = 1; row <= 100; row++) {
      String good = SessionFiles.row("R-" + row, "4");
      file.append(row > 2 ? good.replace("Language Connect", "Coffee") : good);
    }
    String job = operator.start("coffee.csv", file.toString()).jobId();
    operator.resume(job);
    as(operatorKey);
    page.go("#/job/" + job);
    page.awaitText("98 of 98 rows still open");
    page.click("Show values");
    page.awaitText("Coffee");
    assertThat(page.text()).doesNotContain("issing user");
    page.assertAccessible("values of a cause");

    page.click("Fix 98 rows");
    page.awaitText("By value", "50 of 98 rows");
    new Select(page.field("Replace Coffee with")).selectByValue("Mentorship");
    page.awaitText("1 value replaced", "was: Coffee");
    page.go("#/job/" + job);
    page.awaitText("Does it add up?");
    page.go("#/job/" + job + "/fix/unknown-session-type");
    page.awaitText("1 value replaced", "was: Coffee");
    assertThat(page.texts("//table[contains(@class, 'rows')]//th[@scope='col']"))
        .startsWith("Row", "What is wrong", "session_type", "session_id");
    page.click("Check corrections");
    page.awaitText("All 98 rows would be imported");
    page.assertAccessible("a rule");
    page.click("Import 98 rows");
    page.awaitText("Completed", "Made from the rejects of coffee.csv");
    page.click("All imports");
    page.awaitText("Choose a file", "Made from the rejects of coffee.csv");
    assertThat(operator.status(job).json().path("openRejects").asLong()).isZero();
    awaitListed("coffee.csv", "Completed, all rejects imported");
    page.click("coffee.csv");
    awaitStatus("Completed, all rejects imported");
    page.awaitText("Every rejected row was imported later");
  }

  @Test
  void aRowThatSomebodyElseCorrectedMeanwhileDoesNotHoldUpTheOtherCorrections() {
    String job = operator.start("two.csv", SessionFiles.withBadRows(3, row -> true)).jobId();
    operator.resume(job);
    as(operatorKey);
    page.go("#/job/" + job + "/fix");
    page.type("rating of row 1", "5");
    page.type("rating of row 2", "5");
    page.awaitText("2 rows edited");
    correct(job, "{\"rows\":[{\"row\":1,\"fields\":{\"rating\":\"4\"}}]}");

    page.click("Import corrected rows");
    page.awaitText(
        "Another import has row 1 by now", "Another import has this row", "1 row edited");
    page.assertAccessible("a row that somebody else has");
    page.click("Import corrected rows");
    page.awaitText("Completed", "Made from the rejects of two.csv");
    await()
        .untilAsserted(
            () -> assertThat(database.sessions().ids()).containsExactlyInAnyOrder("S-1", "S-2"));
  }

  /** Somebody else corrects rows of a job. */
  private static void correct(String job, String corrections) {
    Answer child =
        operator.send(
            operator
                .request("/import/backfill/" + job + "/corrections")
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(corrections)));
    assertThat(child.status()).as(child.text()).isEqualTo(202);
  }

  @Test
  void aButtonNamesAsManyRowsAsItWillTake() {
    String nobody =
        SessionFiles.row("N-1", "4")
            .replace(SessionFiles.PARTICIPANT, "nobody@example.com")
            .replace(SessionFiles.VOLUNTEER, "none@example.com");
    String file = new String(SessionFiles.withBadRows(2, row -> true), UTF_8) + nobody;
    String job = operator.start("counts.csv", file).jobId();
    operator.resume(job);
    as(operatorKey);
    page.go("#/job/" + job + "/users");
    page.awaitText("nobody@example.com", "none@example.com", "Retry 1 row");
    page.assertAccessible("missing users");

    // Takes the first row, and does not run.
    String errors = operator.errors(job).text();
    String first = errors.lines().limit(2).collect(Collectors.joining("\n", "", "\n"));
    operator.start("backfill_errors_" + job + ".csv", first);
    page.go("#/job/" + job);
    page.awaitText("3 of 3 rows still open", "1 row of these is in another import");
    page.awaitText("Fix 2 rows", "Retry 2 rows");
    awaitTexts("//a[contains(@href, '/users')]", "1 missing user", "1 missing user");
    database.sessions().addUsers("nobody@example.com");
    page.go("#/");
    page.awaitText("Choose a file");
    page.go("#/job/" + job);
    awaitTexts("//a[contains(@href, '/users')]", "1 missing user");
    operator.start("backfill_errors_" + job + ".csv", errors);
    page.go("#/");
    page.awaitText("Choose a file");
    page.go("#/job/" + job);
    page.awaitText("3 rows of these are in another import");
    assertThat(page.text()).doesNotContain("Fix", "Retry");
  }

  @Test
  void ofAnImportWhoseRejectsWereRemovedNothingIsOfferedThatNeedsThem() {
    String job = operator.start("old.csv", SessionFiles.withBadRows(3, row -> row == 1)).jobId();
    operator.resume(job);
    as(operatorKey);
    page.go("#/job/" + job);
    page.awaitText("Fix 1 row", "File and rejects kept until");
    database.jdbc().sql("DELETE FROM backfill_rejects WHERE job_id = ?::uuid").param(job).update();
    database
        .jdbc()
        .sql("UPDATE backfill_jobs SET purged_at = '2026-03-01 12:00Z' WHERE id = ?::uuid")
        .param(job)
        .update();

    page.go("#/");
    page.awaitText("Choose a file");
    page.go("#/job/" + job);
    page.awaitText("File and rejects removed on", "1 March 2026", "Invalid rating");
    assertThat(page.text()).doesNotContain("Fix", "Retry", "Show values", "as CSV", "kept until");
    page.assertAccessible("an import whose rejects were removed");
  }

  @Test
  void aPasteOfAnAttackInACellIsText() {
    String cell = "<img src=x onerror=alert(1)> \uD83D\uDE80\u202E" + "x".repeat(4_000);
    String job =
        operator.start("cells.csv", SessionFiles.HEADER + SessionFiles.row("C-1", cell)).jobId();
    operator.resume(job);
    as(operatorKey);
    page.go("#/job/" + job);
    page.awaitText("Nothing was imported: the only row was rejected. This page counts them");
    page.go("#/job/" + job + "/fix");
    page.awaitText("Row by row", "<img src=x onerror=alert(1)>", "\\u202e");
    page.assertAccessible("a hostile cell");
    assertThat(page.script("return document.querySelectorAll('main img').length")).isEqualTo(0L);
  }

  /** The page asks for another key by itself. */
  @Test
  void aKeyThatIsTakenBackWhileItsOwnerCorrectsCostsNoCorrection() {
    String job = operator.start("taken.csv", SessionFiles.withBadRows(3, row -> true)).jobId();
    operator.resume(job);
    as(operatorKey);
    page.go("#/job/" + job + "/fix");
    page.type("rating of row 1", "5");
    page.awaitText("1 row edited");
    restartWithKey("a key that replaces one that was taken back");

    page.awaitText("Your session is over", "1 row edited");
    page.assertAccessible("a session that ended while rows are corrected");
    page.signIn(operatorKey);
    page.awaitNoText("Your session is over");
    assertThat(page.field("rating of row 1").getDomProperty("value")).isEqualTo("5");
    page.click("Import corrected rows");
    page.awaitText("Completed", "Made from the rejects of taken.csv");
    await().untilAsserted(() -> assertThat(database.sessions().ids()).containsExactly("S-1"));
  }

  /** The operator's key is another one from here on. */
  private static void restartWithKey(String key) {
    service.kill();
    page.awaitText("The service does not answer", "No answer since");
    service.with("BACKFILL_API_KEYS", keys(key)).start();
    operatorKey = key;
    signedIn = key;
    operator = service.client().withKey(key);
  }

  /** The page is never loaded again, and what stood on it stays. */
  @Test
  void aServiceThatDiesUnderAnOpenPageIsSaidToBeAwayAndFoundAgainWithoutItsKey() {
    String job = operator.start("before.csv", SessionFiles.good(1)).jobId();
    as(operatorKey);
    page.script("window.same = true");
    service.kill();
    page.awaitText("The service does not answer", "No answer since");
    page.assertAccessible("the service away");
    page.go("#/job/" + job + "/receipt");
    page.awaitText("Nothing was changed. The page retries by itself.");

    String other = "another key of the same operator";
    service.with("BACKFILL_API_KEYS", keys(other)).start();
    // The key of this session was taken back meanwhile.
    page.awaitText("Your session is over");
    page.signIn(other);
    page.awaitText("Live", "SHA-256", "before.csv");
    page.go("#/");
    page.awaitText("Choose a file");
    assertThat(page.text()).doesNotContain("does not answer", "Nothing was changed");
    assertThat(page.script("return window.same")).isEqualTo(true);
    operatorKey = other;
    signedIn = other;
    operator = service.client().withKey(other);
    String later = operator.start("afterwards.csv", SessionFiles.good(1)).jobId();
    page.awaitText("afterwards.csv");
    assertThat(operator.status(later).status()).isEqualTo(200);
  }

  /** Its files are few and small, and none comes from elsewhere. */
  @Test
  void thePageIsSmallAndAsksNobodyElse() throws IOException {
    as(operatorKey);
    Object elsewhere =
        page.script(
            "return performance.getEntriesByType('resource').map(e => new URL(e.name).origin)"
                + ".filter(o => o !== location.origin).length");
    assertThat(elsewhere).isEqualTo(0L);
    Object sent =
        page.script(
            "return performance.getEntriesByType('resource')"
                + ".filter(e => e.name.includes('/console/') && !e.name.includes('/lit/'))"
                + ".reduce((sum, e) => sum + e.encodedBodySize, 0)");
    assertThat((Long) sent).isBetween(10_000L, 80_000L);
    try (var files = Files.list(Path.of("src/main/resources/console"))) {
      assertThat(files.toList()).hasSizeLessThanOrEqualTo(30);
    }
  }
}
