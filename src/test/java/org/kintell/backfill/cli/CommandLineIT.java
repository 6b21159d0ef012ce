package org.kintell.backfill.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SchemaValidatorsConfig;
import com.networknt.schema.SpecVersion.VersionFlag;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.LongPredicate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.kintell.backfill.testsupport.AccessKey;
import org.kintell.backfill.testsupport.BackfillClient;
import org.kintell.backfill.testsupport.CommandLineProcess;
import org.kintell.backfill.testsupport.CommandLineProcess.Ended;
import org.kintell.backfill.testsupport.CommandLineProcess.Running;
import org.kintell.backfill.testsupport.Database;
import org.kintell.backfill.testsupport.OpenApiDocument;
import org.kintell.backfill.testsupport.RealParts;
import org.kintell.backfill.testsupport.ServiceInThisJvm;
import org.kintell.backfill.testsupport.ServiceProcess;
import org.kintell.backfill.testsupport.SessionFiles;

/** The command line as its users run it, against a service that asks for keys. */
class CommandLineIT {

  private static final AccessKey ADMIN = AccessKey.of("ann", "admin");
  private static final AccessKey VIEWER = AccessKey.of("vic", "viewer");

  private static final JsonSchema SCHEMA =
      JsonSchemaFactory.getInstance(VersionFlag.V202012)
          .getSchema(Path.of("docs/cli.schema.json").toUri());

  @TempDir private static Path home;

  private static Database database;
  private static ServiceInThisJvm service;
  private static CommandLineProcess anonymous;
  private static CommandLineProcess kintell;
  private static CommandLineProcess viewer;
  private static OpenApiDocument api;

  @BeforeAll
  static void start() {
    database = RealParts.newDatabase();
    service =
        new ServiceInThisJvm(
            database,
            "--BACKFILL_API_KEYS=" + ADMIN.entry() + "," + VIEWER.entry(),
            "--BACKFILL_MAX_UPLOAD=20MB");
    anonymous = new CommandLineProcess(service.port(), home);
    kintell = anonymous.with("KINTELL_KEY", ADMIN.value());
    viewer = anonymous.with("KINTELL_KEY", VIEWER.value());
    database.sessions().addUsers(SessionFiles.PARTICIPANT, SessionFiles.VOLUNTEER);
    api = new OpenApiDocument(service.client().withKey(ADMIN.value()).get("/openapi.json").json());
  }

  @AfterAll
  static void stop() {
    service.close();
    database.close();
  }

  /** A file with ids of its own, beside the command. */
  private static Path file(String name, long rows, LongPredicate bad) throws IOException {
    StringBuilder content = new StringBuilder(SessionFiles.HEADER);
    String prefix = UUID.randomUUID().toString();
    for (long row = 1; row <= rows; row++) {
      content.append(SessionFiles.row(prefix + row, bad.test(row) ? "9" : "4"));
    }
    return Files.writeString(home.resolve(name), content.toString());
  }

  private static JsonNode json(String text) throws IOException {
    return new ObjectMapper().readTree(text);
  }

  /** Each line is as docs/cli.schema.json says. */
  private static List<String> typesOfLines(Ended ended) throws IOException {
    List<String> types = new ArrayList<>();
    for (String line : ended.out().lines().toList()) {
      assertThat(SCHEMA.validate(json(line))).as(line).isEmpty();
      types.add(json(line).path("type").asText());
    }
    return types;
  }

  private static String jobOf(String fileName) {
    return database
        .jdbc()
        .sql("SELECT id FROM backfill_jobs WHERE file_name = ? ORDER BY created_at DESC LIMIT 1")
        .param(fileName)
        .query(String.class)
        .single();
  }

  private static long jobs(String fileName) {
    return database
        .jdbc()
        .sql("SELECT count(*) FROM backfill_jobs WHERE file_name = ?")
        .param(fileName)
        .query(Long.class)
        .single();
  }

  @Test
  void aGoodFileIsImportedAndTheSummaryIsTheOnlyData() throws Exception {
    file("good.csv", 3, row -> false);
    Ended ended = kintell.run("import", "good.csv");
    assertThat(ended.code()).as(ended.toString()).isZero();
    assertThat(ended.out())
        .isEqualTo(
            "good.csv: completed, job %s\n  rows      3\n  imported  3\n"
                .formatted(jobOf("good.csv")));
    assertThat(ended.error()).contains("good.csv is job ").doesNotContain("\u001b");
    assertThat(kintell.run("errors", "good.csv"))
        .isEqualTo(new Ended(0, "", "No row was rejected\n"));
    assertThat(kintell.run("errors", "good.csv", "-o", "none.csv"))
        .isEqualTo(new Ended(0, "", "No row was rejected; nothing is written\n"));
    assertThat(home.resolve("none.csv")).doesNotExist();
    assertThat(kintell.run("import", "good.csv", "--quiet").error()).isEmpty();
  }

  @Test
  void rejectedRowsAreCountedByCauseAndExit3UnlessAllowed() throws Exception {
    file("bad.csv", 4, row -> row == 2);
    Ended ended = kintell.run("import", "bad.csv", "--errors-to", "rejects.csv");
    String id = jobOf("bad.csv");
    assertThat(ended.code()).as(ended.toString()).isEqualTo(3);
    assertThat(ended.out())
        .contains("bad.csv: completed, 1 row rejected, job " + id)
        .contains("invalid-rating  1")
        .endsWith("Next: kintell errors " + id.substring(0, 8) + "\n");
    assertThat(home.resolve("rejects.csv")).content().contains("Invalid rating: 9");
    assertThat(
            PosixFilePermissions.toString(
                Files.getPosixFilePermissions(home.resolve("rejects.csv"))))
        .isEqualTo("rw-------");
    file("better.csv", 1, row -> false);
    Ended better = kintell.run("import", "better.csv", "--errors-to", "rejects.csv");
    assertThat(better.code()).as(better.toString()).isZero();
    assertThat(home.resolve("rejects.csv")).as("those of an earlier import").doesNotExist();
    file("worse.csv", 2, row -> row == 1);
    Ended rows = kintell.run("import", "worse.csv", "--errors-to", "-");
    assertThat(rows.code()).as(rows.toString()).isEqualTo(3);
    assertThat(rows.out()).startsWith("session_id,").endsWith(",1,Invalid rating: 9\n");
    assertThat(rows.error()).contains("worse.csv: completed, 1 row rejected");
    assertThat(kintell.run("wait", id, "--allow-rejects").code()).isZero();
    assertThat(kintell.run("errors", "bad.csv").out())
        .isEqualTo(
            "invalid-rating: 1 row. Write a number from 1 to 5, such as 4.5, or nothing.\n"
                + "  1  Invalid rating: 9\n");
    Ended counts = viewer.run("errors", id);
    assertThat(counts.code()).as(counts.toString()).isZero();
    assertThat(counts.out()).startsWith("invalid-rating: 1 row. Write a number from 1 to 5");
    assertThat(counts.error()).contains("Without values: Your key is valid, but its role");
    assertThat(viewer.run("errors", id, "--cause", "invalid-rating").code()).isEqualTo(4);
    assertThat(kintell.run("report", id).out())
        .contains("Rejected for invalid-rating: 1. Write a number from 1 to 5")
        .as("so far")
        .containsOnlyOnce("errors-downloaded");
    assertThat(kintell.run("errors", id, "--rows").out()).contains("_error_message");
    assertThat(kintell.run("status", id)).isEqualTo(kintell.run("status", id));
  }

  @Test
  void usageAndLocalFilesExit2() throws Exception {
    Files.createDirectories(home.resolve("empty-folder"));
    file("some.csv", 1, row -> false);
    file("unsaid.csv", 1, row -> true);
    assertThat(kintell.run("import", "some.csv").code()).isZero();
    for (List<String> wrong :
        List.of(
            List.of("import", "nowhere.csv"),
            List.of("import", "empty-folder"),
            List.of("import"),
            List.of("import", "unsaid.csv", "--errors-to", "nowhere/rejects.csv"),
            List.of("import", "unsaid.csv", "--errors-to", "-", "--json"),
            List.of("check", "empty-folder"),
            List.of("check", "some.csv", "--timezone", "Kyiv"),
            List.of("errors", "some.csv", "--cause", "nonsense"),
            List.of("improt", "x.csv"),
            List.of("list", "--timeout", "soon"),
            List.of("list", "--server", "nonsense"),
            List.of("retry", "some.csv", "--cause", "nonsense"),
            List.of("rollback", "some.csv", "--no-input"))) {
      Ended ended = kintell.run(wrong.toArray(String[]::new));
      assertThat(ended.code()).as(wrong + " " + ended).isEqualTo(2);
      assertThat(ended.out()).as(wrong.toString()).isEmpty();
      assertThat(ended.error()).isNotBlank().doesNotContain("Exception", "\tat ");
    }
    assertThat(jobs("unsaid.csv")).isZero();
    assertThat(kintell.run("import", "-typo").error()).startsWith("Unknown option: '-typo'");
    assertThat(json(kintell.run("improt", "--json").error()).path("detail").asText())
        .contains("'improt'");
  }

  @Test
  void withoutAValidKeyOrWithTooLowARoleItExits4() throws Exception {
    file("denied.csv", 2, row -> false);
    for (CommandLineProcess other :
        List.of(anonymous, viewer, anonymous.with("KINTELL_KEY", "wrong"))) {
      Ended ended = other.run("import", "denied.csv");
      assertThat(ended.code()).as(ended.toString()).isEqualTo(4);
      assertThat(ended.out()).isEmpty();
      assertThat(ended.error()).contains("key");
    }
    assertThat(viewer.run("import", "denied.csv").error()).contains("kintell whoami");
    assertThat(jobs("denied.csv")).isZero();
    assertThat(viewer.run("list").code()).isZero();
  }

  @Test
  void whereNothingAnswersItExits5() throws Exception {
    String nobody = "http://127.0.0.1:" + ServiceProcess.freePort();
    Ended ended = kintell.run("list", "--server", nobody, "--timeout", "1s");
    assertThat(ended.code()).as(ended.toString()).isEqualTo(5);
    assertThat(ended.error()).contains(nobody + ": nothing answers; trying again");
  }

  @Test
  void whatTheServiceRefusesExits6() throws Exception {
    try (RandomAccessFile large = new RandomAccessFile(home.resolve("large.csv").toFile(), "rw")) {
      large.setLength(300L * 1024 * 1024);
    }
    Ended tooLarge = kintell.run("import", "large.csv");
    assertThat(tooLarge.code()).as(tooLarge.toString()).isEqualTo(6);
    assertThat(tooLarge.error()).contains("larger than this service accepts");
    assertThat(anonymous.run("import", "large.csv").code()).as("without a key").isEqualTo(4);
    Files.writeString(home.resolve("empty.csv"), "");
    Files.writeString(home.resolve("no.csv"), "a;b\n1;2\n");
    Files.writeString(home.resolve("by-hand.csv"), "corrections");
    for (List<String> refused :
        List.of(
            List.of("import", "empty.csv"),
            List.of("import", "no.csv"),
            List.of("status", "no-such-job.csv"),
            List.of("errors", UUID.randomUUID().toString(), "-o", "by-hand.csv"),
            List.of("status", UUID.randomUUID().toString()))) {
      Ended ended = kintell.run(refused.toArray(String[]::new));
      assertThat(ended.code()).as(refused + " " + ended).isEqualTo(6);
      assertThat(ended.out()).isEmpty();
    }
    assertThat(home.resolve("by-hand.csv")).hasContent("corrections");
    Ended problem = kintell.run("status", UUID.randomUUID().toString(), "--json");
    assertThat(json(problem.error()).path("type").asText()).endsWith("unknown-job");
  }

  @Test
  void aJobThatPausesByItsErrorBudgetExits7AndResumes() throws Exception {
    file("budget.csv", 300, row -> row == 1);
    Ended ended = kintell.run("import", "budget.csv", "--max-errors", "0");
    assertThat(ended.code()).as(ended.toString()).isEqualTo(7);
    assertThat(ended.out()).contains("Next: kintell resume ");
    Ended again = kintell.run("import", "budget.csv", "--max-errors", "0");
    assertThat(again.code()).as("the same job").isEqualTo(7);
    assertThat(jobs("budget.csv")).isEqualTo(1);
    assertThat(kintell.run("resume", "budget.csv").code()).isEqualTo(3);
  }

  @Test
  void aJobThatIsStillGoingExits8AndTheSameCommandMakesNoSecondJob() throws Exception {
    file("long.csv", 3, row -> false);
    database.holdUpWhen("NEW.state = 'loaded'");
    try {
      assertThat(kintell.run("import", "long.csv", "--timeout", "8s").code()).isEqualTo(8);
      Ended detached = kintell.run("import", "long.csv", "--detach");
      assertThat(detached.code()).isEqualTo(8);
      assertThat(detached.error()).contains("is job");
      Ended resumed = kintell.run("resume", "long.csv", "--detach", "--json");
      assertThat(resumed.code()).as(resumed.toString()).isEqualTo(8);
      assertThat(typesOfLines(resumed)).containsExactly("started");
      Running watching = kintell.start("watch", "long.csv").await("long.csv  running");
      watching.process().destroy();
      Ended interrupted = watching.end();
      assertThat(interrupted.code()).as(interrupted.toString()).isEqualTo(130);
      assertThat(interrupted.error()).contains("goes on. To watch it: kintell watch ");
    } finally {
      database.letGo();
    }
    Ended ended = kintell.run("import", "long.csv", "--json");
    assertThat(ended.code()).as(ended.toString()).isZero();
    assertThat(jobs("long.csv")).isEqualTo(1);
    assertThat(typesOfLines(ended)).startsWith("started").endsWith("summary");
  }

  @Test
  void aDetachedImportShowsItsEndToTheSameCommandAndIsForgotten() throws Exception {
    file("detached.csv", 2, row -> false);
    assertThat(kintell.run("import", "detached.csv", "--detach").code()).isEqualTo(8);
    assertThat(kintell.run("wait", "detached.csv").code()).isZero();
    Ended end = kintell.run("import", "detached.csv", "--detach");
    assertThat(end.code()).as(end.toString()).isZero();
    assertThat(end.out()).startsWith("detached.csv: completed");
    assertThat(jobs("detached.csv")).isEqualTo(1);
    assertThat(kintell.run("import", "detached.csv", "--detach").code()).isEqualTo(8);
    assertThat(jobs("detached.csv")).isEqualTo(2);
  }

  @Test
  void aFailedJobExits1AndAnInconsistentOneExits9() throws Exception {
    file("failing.csv", 3, row -> false);
    assertThat(kintell.run("import", "failing.csv").code()).isZero();
    String id = jobOf("failing.csv");
    assertThat(kintell.run("verify", id).code()).isZero();
    database
        .jdbc()
        .sql("UPDATE backfill_jobs SET status = 'failed' WHERE id = ?::uuid")
        .param(id)
        .update();
    assertThat(kintell.run("wait", id).code()).isEqualTo(1);
    database
        .jdbc()
        .sql("UPDATE backfill_chunks SET successful = 2, failed = 1 WHERE job_id = ?::uuid")
        .param(id)
        .update();
    Ended verified = kintell.run("verify", id);
    assertThat(verified.code()).as(verified.toString()).isEqualTo(9);
    assertThat(verified.out()).startsWith("INCONSISTENT\n");
  }

  @ParameterizedTest
  @ValueSource(ints = {40, 80, 200})
  void onATerminalOneLineMovesAndFits(int columns) throws Exception {
    String name = "terminal-%d-with-quite-a-long-name.csv".formatted(columns);
    file(name, 3, row -> row == 1);
    Ended ended;
    database.holdUpWhen("NEW.state = 'loaded'");
    try {
      Running running = kintell.onTerminal(columns, "import", name).await("running");
      ended = running.write("resize 40\n").write("type \\x03\n").end();
    } finally {
      database.letGo();
    }
    assertThat(ended.code()).as(ended.toString()).isEqualTo(130);
    assertThat(ended.out()).contains("\r\u001b[J", "To watch it: kintell watch");
    for (String frame : ended.out().split("\r\u001b\\[J|\r\n")) {
      if (frame.startsWith(name.substring(0, 10)) && frame.contains("  ")) {
        assertThat(frame.length()).as(frame).isLessThan(columns);
      }
    }
    assertThat(kintell.run("wait", name).code()).as("the job went on").isEqualTo(3);
  }

  @Test
  void aReaderThatGoesAwayAndAClosedErrorStreamDoNoHarm() throws Exception {
    file("pipe.csv", 2, row -> true);
    assertThat(kintell.run("import", "pipe.csv").code()).isEqualTo(3);
    Ended head = kintell.shell("kintell report pipe.csv | head -1; exit ${PIPESTATUS[0]}").end();
    assertThat(head.code()).as(head.toString()).isZero();
    assertThat(head.error()).isEmpty();
    Ended closed = kintell.shell("kintell wait pipe.csv 2>&-").end();
    assertThat(closed.code()).as(closed.toString()).isEqualTo(3);
    assertThat(closed.out()).contains("invalid-rating  2");
  }

  @Test
  void aPipeAnArchiveAndAFolderAreImportedBesideEachOther() throws Exception {
    String content = Files.readString(file("piped.csv", 2, row -> false));
    Ended piped = kintell.runWithInput(content, "import", "-");
    assertThat(piped.code()).as(piped.toString()).isZero();
    assertThat(piped.out()).startsWith("stdin.csv: completed");

    Path folder = Files.createDirectories(home.resolve("exports"));
    for (int i = 1; i <= 3; i++) {
      int number = i;
      Files.move(
          file("part-%d.csv".formatted(i), 2, row -> number == 2),
          folder.resolve("part-%d.csv".formatted(i)));
    }
    Files.writeString(folder.resolve("notes.txt"), "no");
    Files.writeString(folder.resolve("part-4.xlsx"), "no workbook");
    kintell.shell("gzip exports/part-3.csv && mkfifo pipe.fifo").end();
    Ended ended = kintell.run("import", "exports", "--parallel", "3", "--json");
    assertThat(ended.code()).as(ended.toString()).isEqualTo(6);
    assertThat(ended.error()).contains("Left out of exports: notes.txt");
    List<String> ends = new ArrayList<>();
    for (String line : ended.out().lines().toList()) {
      JsonNode document = json(line);
      assertThat(SCHEMA.validate(document)).as(line).isEmpty();
      if (document.has("exitCode")) {
        ends.add(document.path("fileName").asText() + " " + document.path("exitCode"));
      }
    }
    assertThat(ends)
        .containsExactlyInAnyOrder(
            "part-1.csv 0", "part-2.csv 3", "part-3.csv.gz 0", "exports/part-4.xlsx 6");
    assertThat(
            kintell
                .shell("cat piped.csv > pipe.fifo & kintell import pipe.fifo --on-duplicate skip")
                .end()
                .code())
        .isZero();
  }

  @Test
  void aWrongFileIsFoundOutCorrectedAndTakenBack() throws Exception {
    String prefix = UUID.randomUUID().toString();
    String missing = "new-" + prefix + "@example.com";
    Files.writeString(
        home.resolve("story.csv"),
        SessionFiles.HEADER
            + SessionFiles.row(prefix + 1, "4")
            + SessionFiles.row(prefix + 2, "9")
            + SessionFiles.row(prefix + 3, "4").replace(SessionFiles.PARTICIPANT, missing));
    Ended check = kintell.run("check", "story.csv", "--missing-users-to", "users.csv");
    assertThat(check.code()).as(check.toString()).isEqualTo(3);
    assertThat(check.out())
        .contains("1 would be imported, 2 rejected", missing)
        .contains("  invalid-rating: 1. Write a number from 1 to 5");
    assertThat(home.resolve("users.csv")).content().contains(missing);
    Ended checked = kintell.run("import", "story.csv", "--check", "--json");
    assertThat(checked.code()).as(checked.toString()).isEqualTo(3);
    assertThat(typesOfLines(checked)).containsExactly("check");
    assertThat(jobs("story.csv")).isZero();

    assertThat(kintell.run("import", "story.csv").code()).isEqualTo(3);
    String id = jobOf("story.csv");
    database.sessions().addUsers(missing);
    Ended ratings = kintell.run("errors", id, "--rows", "--cause", "invalid-rating");
    assertThat(ratings.code()).as(ratings.toString()).isZero();
    assertThat(ratings.out().lines().skip(1)).allMatch(row -> row.endsWith(",2,Invalid rating: 9"));
    assertThat(ratings.out().lines()).hasSize(2);
    JsonNode users =
        json(kintell.run("errors", id, "--cause", "participant-not-found", "--json").out());
    assertThat(users.at("/causes/0/values/0/value").asText()).isEqualTo(missing);
    assertThat(users.at("/causes")).hasSize(1);
    assertThat(kintell.run("retry", id, "--cause", "participant-not-found").code()).isZero();
    assertThat(kintell.run("errors", id, "-o", "fix.csv").code()).isZero();
    Path fix = home.resolve("fix.csv");
    Files.writeString(fix, Files.readString(fix).replace(",60,9,", ",60,5,"));
    kintell.run("import", "fix.csv", "--parent", id);
    assertThat(json(kintell.run("status", id, "--json").out()).path("openRejects").asLong(-1))
        .isZero();

    Ended preview = kintell.run("rollback", id, "--dry-run");
    assertThat(preview.out()).contains("1 session would be removed", "Its rejects became job");
    assertThat(kintell.run("rollback", id, "--confirm=other.csv").code()).isEqualTo(6);
    Running asked = kintell.onTerminal(80, "rollback", id).await("type the file name");
    Ended removed = asked.write("type story.csv\\n\n").end();
    assertThat(removed.code()).as(removed.toString()).isZero();
    assertThat(removed.out()).contains("1 session was removed");
  }

  @Test
  void datesWithoutAnOffsetAreOfTheNamedTimeZone() throws Exception {
    String id = UUID.randomUUID().toString();
    String row = SessionFiles.row(id, "4").replace("T10:00:00Z", "T10:00:00");
    Files.writeString(home.resolve("local.csv"), SessionFiles.HEADER + row);
    assertThat(kintell.run("check", "local.csv").code()).isEqualTo(3);
    Ended ended = kintell.run("import", "local.csv", "--timezone", "Europe/Kyiv", "--check");
    assertThat(ended.code()).as(ended.toString()).isZero();
    assertThat(
            database
                .jdbc()
                .sql(
                    "SELECT count(*) FROM kintell_sessions WHERE external_session_id = ?"
                        + " AND scheduled_at = '2024-01-15T08:00:00Z'")
                .param(id)
                .query(Long.class)
                .single())
        .isEqualTo(1);
  }

  @Test
  void aKeyIsStoredForOneServiceInAFileOfTheUser() throws Exception {
    Files.writeString(home.resolve("key.txt"), ADMIN.value() + "\n");
    CommandLineProcess own = anonymous.with("XDG_CONFIG_HOME", home.resolve("config").toString());
    assertThat(own.run("login", "--key-file", "key.txt").code()).isZero();
    Path keys = home.resolve("config/kintell/keys.json");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(keys)))
        .isEqualTo("rw-------");
    assertThat(own.with("KINTELL_CA_FILE", "").run("list").code()).isZero();
    Files.setPosixFilePermissions(keys, PosixFilePermissions.fromString("rw-r--r--"));
    assertThat(own.run("list").code()).isEqualTo(4);
    Files.setPosixFilePermissions(keys, PosixFilePermissions.fromString("rw-------"));
    String slash = service.url("/");
    assertThat(own.run("list", "--server", slash).code()).as("the same service").isZero();
    Running typed = own.onTerminal(80, "login").await("API key for ");
    Ended login = typed.write("type " + VIEWER.value() + "\\n\n").end();
    assertThat(login.code()).as(login.toString()).isZero();
    assertThat(login.out()).doesNotContain(VIEWER.value());
    CommandLineProcess usual = own.with("KINTELL_SERVER", "");
    String server = json(Files.readString(keys)).path("server").asText();
    assertThat(usual.run("logout").error())
        .isEqualTo("The key for %s is removed\n".formatted(server));
    assertThat(own.run("list").code()).isEqualTo(4);
  }

  /**
   * Each line and document is one of docs/cli.schema.json, or one of the API, with nothing else.
   */
  @Test
  void whatEachCommandWritesAsJsonIsDescribed() throws Exception {
    Set<String> seen = new HashSet<>();
    file("json.csv", 3, row -> row == 2);
    Files.writeString(home.resolve("json-no.csv"), "a;b\n1;2\n");
    assertThat(lines(seen, "import", "json.csv")).startsWith("started").endsWith("summary");
    String id = jobOf("json.csv");
    assertThat(lines(seen, "import", "json.csv", "--check")).containsExactly("check");
    assertThat(lines(seen, "import", "json-no.csv", "json.csv")).contains("problem", "summary");
    assertThat(lines(seen, "watch", id)).endsWith("summary");
    assertThat(lines(seen, "wait", id)).containsExactly("summary");
    assertThat(lines(seen, "retry", id)).endsWith("summary");
    assertThat(lines(seen, "retry", id, "--detach")).containsExactly("started");
    file("json-budget.csv", 300, row -> row == 1);
    assertThat(lines(seen, "import", "json-budget.csv", "--max-errors", "0")).endsWith("summary");
    assertThat(lines(seen, "resume", "json-budget.csv", "--detach")).containsExactly("started");
    file("json-held.csv", 3, row -> false);
    database.holdUpWhen("NEW.state = 'loaded'");
    try {
      assertThat(lines(seen, "import", "json-held.csv", "--detach")).containsExactly("started");
      ofApi(seen, "POST /import/backfill/{jobId}/pause", "pause", "json-held.csv");
      ofApi(seen, "POST /import/backfill/{jobId}/cancel", "cancel", "json-held.csv");
    } finally {
      database.letGo();
    }

    ofApi(seen, "POST /import/backfill/validate", "check", "json.csv");
    ofApi(seen, "GET /import/backfill", "list");
    ofApi(seen, "GET /import/backfill/{jobId}/status", "status", id);
    ofApi(seen, "GET /import/backfill/{jobId}/report", "report", id);
    ofApi(seen, "GET /import/backfill/{jobId}/verify", "verify", id);
    ofApi(seen, "GET /whoami", "whoami");

    for (String own : List.of("errors", "open", "version")) {
      String[] arguments = own.equals("version") ? new String[] {own} : new String[] {own, id};
      assertDescribed(own, run(seen, arguments).out());
    }
    for (String[] wrong :
        new String[][] {{"status", UUID.randomUUID().toString()}, {"import", "nowhere.csv"}}) {
      Ended failed = run(seen, wrong);
      assertThat(failed.out()).isEmpty();
      assertDescribed("problem", failed.error());
    }

    ofApi(seen, "POST /import/backfill/{jobId}/rollback", "rollback", id, "--dry-run");
    ofApi(seen, "GET /import/backfill/{jobId}/rollback", "rollback", id, "--confirm=json.csv");

    Set<String> withJson = new HashSet<>(Commands.names());
    withJson.add("version");
    withJson.removeAll(List.of("login", "logout", "completion", "man"));
    assertThat(seen).isEqualTo(withJson);
  }

  private static Ended run(Set<String> seen, String... arguments) {
    seen.add(arguments[0]);
    List<String> all = new ArrayList<>(List.of(arguments));
    all.add("--json");
    return kintell.run(all.toArray(String[]::new));
  }

  /** The types of the lines that a command writes. */
  private static List<String> lines(Set<String> seen, String... arguments) throws IOException {
    Ended ended = run(seen, arguments);
    List<String> types = new ArrayList<>();
    for (String line : ended.out().lines().toList()) {
      ObjectNode document = (ObjectNode) json(line);
      assertThat(SCHEMA.validate(document)).as(line).isEmpty();
      String type = document.path("type").asText();
      types.add(type);
      document.remove(List.of("type", "again", "exitCode", "causes", "next"));
      if (type.equals("check")) {
        assertOfApi("POST /import/backfill/validate", document);
      } else if (!type.equals("problem")) {
        assertOfApi("GET /import/backfill/{jobId}/status", document);
      }
    }
    assertThat(types).as(ended.toString()).isNotEmpty();
    return types;
  }

  private static void ofApi(Set<String> seen, String operation, String... arguments)
      throws IOException {
    Ended ended = run(seen, arguments);
    assertThat(ended.out().lines()).as(ended.toString()).hasSize(1);
    assertOfApi(operation, json(ended.out()));
  }

  private static void assertOfApi(String operation, JsonNode document) {
    assertThat(api.contradictions(operation, 200, "application/json", document))
        .as(document.toString())
        .isEmpty();
  }

  /** A document that is one of the definitions in the schema. */
  private static void assertDescribed(String definition, String text) throws IOException {
    JsonNode document = json(text);
    ObjectNode schema =
        (ObjectNode) new ObjectMapper().readTree(Path.of("docs/cli.schema.json").toFile());
    schema.remove("oneOf");
    schema.put("$ref", "#/$defs/" + definition);
    assertThat(
            JsonSchemaFactory.getInstance(VersionFlag.V202012)
                .getSchema(
                    schema, SchemaValidatorsConfig.builder().formatAssertionsEnabled(true).build())
                .validate(document))
        .as(text)
        .isEmpty();
  }

  @Test
  void aJobIsOpenedOnItsPageOfTheConsole() throws Exception {
    file("opened.csv", 1, row -> false);
    kintell.run("import", "opened.csv");
    JsonNode opened = json(kintell.run("open", "opened.csv", "--json").out());
    assertThat(opened.path("address").asText())
        .isEqualTo(service.url("/#/job/" + jobOf("opened.csv")));
    BackfillClient browser = service.client();
    assertThat(browser.send(browser.request("/").header("Accept", "text/html")).text())
        .containsPattern("\"console/\\w+/app\\.js\"");
    assertThat(browser.get("/console/app.js").text()).contains("/^job\\/([0-9a-f-]+)$/");
  }

  @Test
  void shellsAndManReadWhatItPrintsForThem() throws Exception {
    Ended bash =
        kintell
            .shell(
                "source <(kintell completion bash) && COMP_WORDS=(kintell roll) && COMP_CWORD=1"
                    + " && COMP_LINE='kintell roll' && COMP_POINT=12 && _complete_kintell && echo \"${COMPREPLY[@]}\"")
            .end();
    assertThat(bash.out().strip()).as(bash.toString()).isEqualTo("rollback");
    assertThat(kintell.run("completion", "fish").out()).contains("complete -c kintell");
    assertThat(kintell.run("man").out())
        .startsWith(".TH KINTELL 1\n")
        .contains(".SS \"kintell import FILE\"", "\\-\\-timezone\\fR=\\fIZONE")
        .doesNotContain("rehearse", "%n")
        .containsOnlyOnce("Exit codes:");
    assertThat(kintell.run("version").out()).startsWith("kintell 0.1.0");
  }
}
