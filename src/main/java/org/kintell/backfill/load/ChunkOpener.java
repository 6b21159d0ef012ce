package org.kintell.backfill.load;

import java.io.IOException;
import org.apache.camel.ExchangeProperty;
import org.kintell.backfill.file.ChunkReader;
import org.kintell.backfill.job.run.UnloadableChunkException;
import org.springframework.stereotype.Component;

/** Begins an attempt to load a chunk: reads its records. */
@Component
public class ChunkOpener {

  private final ChunkReader reader;

  ChunkOpener(ChunkReader reader) {
    this.reader = reader;
  }

  /**
   * The chunk with its records.
   *
   * @throws UnloadableChunkException when too many processes were lost while they loaded it
   */
  public Chunk open(@ExchangeProperty("claimed") ClaimedChunk claimed) throws IOException {
    long begun = System.nanoTime();
    if (claimed.claim().attempt() > UnloadableChunkException.MOST_ATTEMPTS) {
      throw new UnloadableChunkException(
          claimed.plan(), claimed.triedBy().subList(0, claimed.triedBy().size() - 1));
    }
    return new Chunk(
        claimed, reader.read(claimed.jobId(), claimed.header(), claimed.plan()), begun);
  }
}
