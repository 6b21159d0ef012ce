package org.kintell.backfill.load;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.util.List;
import org.apache.camel.ExchangeProperty;
import org.kintell.backfill.csv.SourceRecord;
import org.kintell.backfill.job.UnknownZoneException;
import org.kintell.backfill.job.run.UnloadableChunkException;
import org.kintell.backfill.store.ChunkReader;
import org.springframework.stereotype.Component;

/** Begins an attempt to load a chunk: reads its records. */
@Component
public class ChunkOpener {

  private final ChunkReader reader;
  private final Counter unloadable;

  ChunkOpener(ChunkReader reader, MeterRegistry meters) {
    this.reader = reader;
    this.unloadable =
        Counter.builder("kintell.chunks.unloadable")
            .description(
                "Chunks that failed their job, because each process that began them was lost")
            .register(meters);
  }

  /**
   * The chunk with its records.
   *
   * @throws UnloadableChunkException when too many processes were lost while they loaded it
   * @throws UnknownZoneException if the Java of this process does not know the job's time zone
   */
  public Chunk open(@ExchangeProperty("claimed") ClaimedChunk claimed) throws IOException {
    long begun = System.nanoTime();
    if (claimed.claim().attempt() > UnloadableChunkException.MOST_ATTEMPTS) {
      unloadable.increment();
      throw new UnloadableChunkException(
          claimed.plan(), claimed.triedBy().subList(0, claimed.triedBy().size() - 1));
    }
    List<SourceRecord> records =
        reader.read(claimed.jobId(), claimed.header(), claimed.plan(), claimed.version());
    return new Chunk(claimed, records, begun);
  }
}
