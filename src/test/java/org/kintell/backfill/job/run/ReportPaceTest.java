package org.kintell.backfill.job.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** The more a report costs, the longer the next one waits, while counts are not too old. */
class ReportPaceTest {

  private static final UUID JOB = UUID.randomUUID();

  private final ReportPace pace = new ReportPace();

  @Test
  void aReportWaitsNineTimesAsLongAsTheLastOneTook() {
    reportFor(Duration.ofMillis(30));

    assertThat(pace.begin(JOB)).isFalse();
    assertThat(pace.begin(UUID.randomUUID())).isTrue();
    assertThat(waitForTheNext()).isBetween(Duration.ofMillis(200), Duration.ofMillis(500));
  }

  @Test
  void noReportWaitsSoLongThatCountsAreOlderThanASecond() {
    reportFor(Duration.ofMillis(150));

    assertThat(waitForTheNext()).isBetween(Duration.ofMillis(250), Duration.ofMillis(600));
  }

  @Test
  void reportsTakeHalfOfTheTimeAtMost() {
    reportFor(Duration.ofMillis(500));

    assertThat(waitForTheNext()).isBetween(Duration.ofMillis(400), Duration.ofMillis(700));
  }

  @Test
  void afterAFailureTheNextOneBeginsAtOnce() {
    assertThat(pace.begin(JOB)).isTrue();
    assertThat(pace.begin(JOB)).isTrue();
  }

  private void reportFor(Duration length) {
    assertThat(pace.begin(JOB)).isTrue();
    long begun = System.nanoTime();
    await().pollInterval(Duration.ofMillis(1)).until(() -> since(begun).compareTo(length) >= 0);
    pace.end(JOB);
  }

  private Duration waitForTheNext() {
    long begun = System.nanoTime();
    await().pollInterval(Duration.ofMillis(5)).until(() -> pace.begin(JOB));
    return since(begun);
  }

  private static Duration since(long begun) {
    return Duration.ofNanos(System.nanoTime() - begun);
  }
}
