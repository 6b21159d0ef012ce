package org.kintell.backfill.http;

import static org.kintell.backfill.testsupport.ProblemAssert.assertProblem;

import org.junit.jupiter.api.Test;
import org.kintell.backfill.config.BackfillSettings;
import org.kintell.backfill.testsupport.BackfillClient;
import org.kintell.backfill.testsupport.IntegrationTest;
import org.kintell.backfill.testsupport.Leftovers;
import org.kintell.backfill.testsupport.Packed;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.test.context.TestPropertySource;

/** The service refuses uploads beyond its limits, and keeps nothing of them. */
@IntegrationTest
@TestPropertySource(properties = {"BACKFILL_MAX_UPLOAD=100KB", "BACKFILL_MAX_UNPACKED=300KB"})
class LimitsIT {

  @Autowired BackfillClient client;
  @Autowired BackfillSettings settings;

  @Test
  void anUploadOverTheLimitIsRefused() {
    assertProblem(client.start("x.csv", new byte[101 * 1024]), 413, "too-large", "gzip");
    assertProblem(client.start("x.csv", new byte[8 * 1024 * 1024]), 413, "too-large", "gzip");
    Leftovers.assertNoneIn(settings.dataDir());
  }

  /** The form around the file does not count. */
  @Test
  void anUploadOfTheLimitIsRead() {
    assertProblem(client.start("x.csv", new byte[100 * 1024]), 400, "not-csv");
    Leftovers.assertNoneIn(settings.dataDir());
  }

  @Test
  void anUploadThatUnpacksToMoreThanTheLimitIsRefused() {
    byte[] large = Packed.gzip(new byte[10 * 1024 * 1024]);
    assertProblem(client.start("x.csv.gz", large), 413, "too-large", "Split it");
    Leftovers.assertNoneIn(settings.dataDir());
  }

  @Test
  void anArchiveThatUnpacksToMoreThanTheLimitIsRefused() {
    byte[] large = Packed.zip("x.csv", new byte[10 * 1024 * 1024]);
    assertProblem(client.start("x.zip", large), 413, "too-large", "Split it");
    Leftovers.assertNoneIn(settings.dataDir());
  }
}
