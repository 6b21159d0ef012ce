package org.kintell.backfill.job.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.kintell.backfill.job.ChunkRef;
import org.kintell.backfill.job.PendingChunk;

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
    feed.done(0);
    await().until(() -> loaders.availablePermits() == 1);
    assertThat(third).isNotDone();
    feed.done(1);

    assertThat(third.join().chunkNo()).isEqualTo(2);
    assertThat(feed.hasNext()).isFalse();
  }

  @Test
  void aCheckedJobBeginsWithOneChunkAndIsNeverFarAheadOfTheOldest() {
    loaders.release();
    feed.checked(() -> 3);
    feed.fill(IntStream.range(0, 10).mapToObj(ChunkFeedTest::chunk).toList(), List.of());

    assertThat(handedOutUntilHeldUp()).containsExactly(0);
    feed.done(0);
    assertThat(handedOutUntilHeldUp()).containsExactly(1);
    feed.done(1);
    assertThat(handedOutUntilHeldUp()).containsExactly(2, 3);
    feed.done(3);
    assertThat(handedOutUntilHeldUp()).as("2 is not loaded").containsExactly(4);
    feed.done(4);
    assertThat(handedOutUntilHeldUp()).as("2 is not loaded").isEmpty();
    feed.done(2);
    assertThat(handedOutUntilHeldUp()).as("no more than loaders").containsExactly(5, 6, 7);
  }

  private List<Integer> handedOutUntilHeldUp() {
    List<Integer> handedOut = new ArrayList<>();
    while (feed.hasNext() && !feed.isHeldUp()) {
      handedOut.add(feed.next().chunkNo());
    }
    return handedOut;
  }

  @Test
  void aTailChunkThatWaitsForAnEarlierOneKeepsNoLoaderFromOtherJobs() {
    feed.fill(List.of(), List.of(chunk(0), chunk(1)));
    assertThat(feed.next().chunkNo()).isZero();
    CompletableFuture<ChunkRef> second = CompletableFuture.supplyAsync(feed::next);

    await().during(Duration.ofMillis(500)).until(() -> loaders.availablePermits() == 1);
    assertThat(second).isNotDone();
    feed.done(0);

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
    feed.done(0);
    assertThat(feed.isIdle()).isTrue();
  }

  private static PendingChunk chunk(int number) {
    return new PendingChunk(number, 10);
  }
}
