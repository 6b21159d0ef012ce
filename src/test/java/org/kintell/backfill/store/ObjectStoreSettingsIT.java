package org.kintell.backfill.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.kintell.backfill.testsupport.Database;
import org.kintell.backfill.testsupport.RealParts;
import org.kintell.backfill.testsupport.S3Server;
import org.kintell.backfill.testsupport.ServiceProcess;

/** What is wrong with the settings of the object store is said in one line at the start. */
class ObjectStoreSettingsIT {

  private static S3Server s3;

  @BeforeAll
  static void start() {
    s3 = S3Server.start();
  }

  @AfterAll
  static void close() {
    s3.close();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "BACKFILL_STORE        | s3://a_b/x     | BACKFILL_STORE 's3://a_b/x'     | s3://bucket/prefix",
        "BACKFILL_STORE        | s3://nowhere/x | BACKFILL_STORE 's3://nowhere/x' | NoSuchBucket",
        "AWS_SECRET_ACCESS_KEY | wrong-s3cr3t   | BACKFILL_STORE 's3://kintell/x' | SignatureDoesNotMatch",
        "AWS_ACCESS_KEY_ID     | nobody         | BACKFILL_STORE 's3://kintell/x' | InvalidAccessKeyId",
        "AWS_ACCESS_KEY_ID     | ''             | AWS_ACCESS_KEY_ID               | none were found"
      })
  void aWrongSettingStopsTheStart(String variable, String value, String named, String reason)
      throws IOException {
    try (ServiceProcess service =
        new ServiceProcess(s3.settings("x"))
            .with("AWS_EC2_METADATA_DISABLED", "true")
            .with(variable, value)) {
      assertThat(service.launch().awaitExit()).isNotZero();
      List<String> log = Files.readAllLines(service.log());
      assertThat(log)
          .filteredOn(line -> line.contains("ERROR") || line.contains("WARN"))
          .singleElement()
          .asString()
          .contains("Invalid " + named, reason);
      assertThat(log)
          .noneMatch(line -> line.startsWith("\tat ") || line.contains("Caused by"))
          .noneMatch(line -> line.contains("s3cr3t"));
      assertThat(service.folder().resolve("data/postgres")).doesNotExist();
    }
  }

  /** As a database that is away: the service starts, and says so. */
  @Test
  void aStoreThatIsAwayIsWaitedFor() throws IOException {
    try (Database database = RealParts.newDatabase();
        ServiceProcess service = s3.use(ServiceProcess.on(database), "y")) {
      s3.wire().cut();
      service.start();
      assertThat(service.client().get("/health").json().path("store").asText()).isNotEqualTo("ok");
      s3.wire().letPass();
      assertThat(Files.readString(service.log())).contains("Object store is away since");
    } finally {
      s3.wire().letPass();
    }
  }

  /** The client has thousands of classes, which would make the start longer for everybody. */
  @Test
  void nothingOfItIsLoadedForFilesInAFolder() throws IOException {
    Path loaded;
    try (Database database = RealParts.newDatabase();
        ServiceProcess service = ServiceProcess.on(database)) {
      loaded = service.folder().resolve("classes");
      service.with("JDK_JAVA_OPTIONS", "-Xlog:class+load:file=" + loaded).start();
    }
    assertThat(Files.readAllLines(loaded))
        .hasSizeGreaterThan(1_000)
        .noneMatch(line -> line.contains("software.amazon"))
        .noneMatch(line -> line.contains("component.aws2"));
  }
}
