package org.kintell.backfill.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.kintell.backfill.testsupport.BackfillClient;
import org.kintell.backfill.testsupport.ConsolePage;
import org.kintell.backfill.testsupport.ServiceProcess;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.support.ui.Select;

/** The session of the README, on a machine that has nothing but a JDK and a browser. */
class SampleStoryIT {

  @Test
  void theSampleFromTheFirstDropToItsUndoWithoutATerminal() throws Exception {
    try (ServiceProcess service = new ServiceProcess(Map.of()).start();
        ConsolePage page = ConsolePage.open(service.url("/"))) {
      BackfillClient client = service.client();
      page.awaitText("No imports yet", "events up to date");
      page.assertAccessible("no imports");

      page.click("Try the sample");
      page.awaitText("None of the 12 rows can be imported", "The people in this file are no users");
      assertThat(page.text()).doesNotContain("Import the 0", "Does it add up?");
      assertThat(client.get("/import/backfill").json().at("/jobs/0/status").asText())
          .isEqualTo("pending");
      page.click("Create ");
      page.awaitText("9 rows can be imported, 3 cannot", "Row 6: Invalid date format: yesterday");
      page.awaitText("Write it as 2024-01-15T10:00:00Z");
      page.assertAccessible("a check");

      page.click("Import the 9 good rows");
      page.awaitText("Completed with rejects", "3 of 3 rows still open", "Session exists already");
      page.awaitText("checked the rows", "began loading rows", "completed it");
      assertThat(page.text()).doesNotContain("was running", "validated");
      String job = page.place().replace("#/job/", "");
      page.click("Does it add up?");
      page.click("Count again");
      page.awaitText("Adds up", "9 sessions in the database");
      page.screenshot(Path.of("target", "screenshots", "console.png"));

      page.click("Fix 3 rows");
      page.awaitText("Row by row", "3 of 3 rows", "Nothing corrected yet");
      page.type("date of row 6", "2024-01-16 16:00");
      page.awaitText("Add the offset");
      page.type("date of row 6", "2024-01-16T16:00:00+02:00");
      page.awaitText("In UTC this is 2024-01-16T14:00:00.000Z");
      new Select(page.field("session_type of row 8")).selectByValue("Mentorship");
      page.type("rating of row 8", "6");
      page.field("Leave out row 10").click();
      page.click("Check corrections");
      page.awaitText("1 row would be imported. 1 row would be rejected again", "Invalid rating: 6");
      page.type("rating of row 8", "5");
      page.click("Check corrections");
      page.awaitText("All 2 rows would be imported");
      page.assertAccessible("corrections");
      page.click("Import 2 rows");
      page.awaitText("Completed", "Made from the rejects of");
      page.assertAccessible("a child");

      page.go("#/job/" + job);
      page.awaitText("1 of 3 rows still open", "Made from rejects of this import");
      page.click("Receipt");
      page.awaitText("SHA-256", "Who did what", "Invalid date", "Rejected rows still open");
      page.assertAccessible("a receipt");

      page.go("#/job/" + job + "/undo");
      page.awaitText("Removes 9 sessions that this import created", "What stays", "2 sessions");
      page.assertAccessible("an undo");
      WebElement remove = page.button("Remove 9 sessions");
      assertThat(remove.getDomAttribute("aria-disabled")).isEqualTo("true");
      assertThat(remove.getDomAttribute("aria-describedby")).isNotBlank();
      remove.click();
      page.type("To confirm", "sample.csv");
      page.click("Remove 9 sessions");
      page.awaitText("Undone", "9 sessions removed", "Undo them one by one", "2 sessions");
      assertThat(page.text()).doesNotContain("GET /import");
      page.assertAccessible("an import that was undone");
      assertThat(client.status(job).json().path("status").asText()).isEqualTo("rolled_back");

      page.go("#/system");
      page.awaitText("Health", "Works", "Version", "Largest upload", "2.1 GB", "30 days");
      page.awaitText("Processes", "0 of ");
      page.assertAccessible("the system");
      page.go("#/nowhere");
      page.awaitText("There is no such page");
      page.assertAccessible("no page");
    }
  }

  @Test
  void theSampleIsTheOneOfTheRepository() {
    assertThat(Path.of("src/main/resources/console/sample.csv"))
        .hasSameBinaryContentAs(Path.of("samples/kintell_sessions.csv"));
    assertThat(Files.exists(Path.of("docs/images/console.png"))).isTrue();
  }
}
