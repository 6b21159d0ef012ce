package org.kintell.backfill.testsupport;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Polls the health of a service and measures its response time. */
public final class HealthWatch {

  private static final Duration AT_ONCE = Duration.ofSeconds(1);

  private final int port;
  private final String path;
  private final List<Duration> answers = new ArrayList<>();
  private volatile boolean over;

  private HealthWatch(int port, String path) {
    this.port = port;
    this.path = path;
  }

  /** Requires that a service is healthy, and usually answers within a second, during an action. */
  public static void during(int port, Runnable attack) {
    during(port, "/health", attack);
  }

  /** The same for another address. */
  public static void during(int port, String path, Runnable attack) {
    HealthWatch watch = new HealthWatch(port, path);
    CompletableFuture<Void> asking = CompletableFuture.runAsync(watch::ask);
    try {
      attack.run();
    } finally {
      watch.over = true;
      asking.join();
    }
    assertThat(watch.answers).hasSizeGreaterThan(5);
    // A machine with other work may pause for a moment.
    List<Duration> sorted = watch.answers.stream().sorted().toList();
    assertThat(sorted.get(sorted.size() * 3 / 4)).isLessThan(AT_ONCE);
    assertThat(sorted.get(sorted.size() - 1)).isLessThan(AT_ONCE.multipliedBy(10));
  }

  private void ask() {
    while (!over) {
      long start = System.nanoTime();
      String answer = RawHttp.send(port, "GET " + path + " HTTP/1.1");
      answers.add(Duration.ofNanos(System.nanoTime() - start));
      assertThat(RawHttp.status(answer)).as(answer).isEqualTo(200);
    }
  }
}
