package org.kintell.backfill.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.Test;

/** Main chunks as loaders get free, tail chunks one after the other. */
class ChunkFeedTest {

  private final Semaphore loaders = new Semaphore(2, true);
  private final ChunkFeed feed = new ChunkFeed(UUID.randomUUID(), loaders, new Throttle());

  @Test
  void mainChunksAreLoadedAtOnceAndTheTailWaitsForAllOfThem() {
    feed.fill(List.of(chunk(0), chunk(1)), List.of(chunk(2)));
    assertThat(List.of(feed.next().chunkNo(), feed.next().chunkNo())).containsExactly(0, 1);
    assertThat(loaders.availablePermits()).isZero();

    CompletableFuture<ChunkRef> third = CompletableFuture.supplyAsync(feed::next);
    feed.done();
    await().until(() -> loaders.availablePermits() == 1);
    assertThat(third).isNotDone();
    feed.done();

    assertThat(third.join().chunkNo()).isEqualTo(2);
    assertThat(feed.hasNext()).isFalse();
  }

  @Test
  void aTailChunkThatWaitsForAnEarlierOneKeepsNoLoaderFromOtherJobs() {
    feed.fill(List.of(), List.of(chunk(0), chunk(1)));
    assertThat(feed.next().chunkNo()).isZero();
    CompletableFuture<ChunkRef> second = CompletableFuture.supplyAsync(feed::next);

    await().during(Duration.ofMillis(500)).until(() -> loaders.availablePermits() == 1);
    assertThat(second).isNotDone();
    feed.done();

    assertThat(second.join().chunkNo()).isEqualTo(1);
  }

  @Test
  void whoeverWaitsIsToldWhenTheJobStops() {
    feed.fill(List.of(), List.of(chunk(0), chunk(1)));
    feed.next();
    CompletableFuture<ChunkRef> second = CompletableFuture.supplyAsync(feed::next);
    feed.stop();
    assertThat(second.join()).isNull();
    assertThat(feed.isIdle()).isFalse();
    feed.done();
    assertThat(feed.isIdle()).isTrue();
  }

  private static PendingChunk chunk(int number) {
    return new PendingChunk(number, 10);
  }
}
