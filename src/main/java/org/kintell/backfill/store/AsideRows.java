package org.kintell.backfill.store;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.kintell.backfill.csv.ChunkPlan;
import org.kintell.backfill.csv.Header;

/**
 * The rows of a file that were set aside, as a file of their own: the header of that file, then
 * chunk after chunk, each row followed by a line feed. So a tail chunk is read at once, though its
 * rows lie scattered.
 */
final class AsideRows {

  private static final int BUFFER = 64 * 1024;

  private AsideRows() {}

  /**
   * Writes them.
   *
   * @param file unpacked and in UTF-8
   * @param tails the tail chunks in the order of their numbers
   * @param target must not exist
   */
  static void write(Path file, Iterator<ChunkPlan> tails, FileChannel target) throws IOException {
    try (FileChannel rows = FileChannel.open(file, StandardOpenOption.READ);
        OutputStream out = new BufferedOutputStream(Channels.newOutputStream(target), BUFFER)) {
      out.write(head(file));
      while (tails.hasNext()) {
        ChunkPlan chunk = tails.next();
        for (int i = 0; i < chunk.rowCount(); i++) {
          out.write(record(rows, chunk.asideOffsets()[i], chunk.asideLengths()[i]));
          out.write('\n');
        }
      }
    }
  }

  private static byte[] head(Path file) throws IOException {
    int length = (int) Header.read(file).dataOffset();
    try (InputStream in = Files.newInputStream(file)) {
      return in.readNBytes(length);
    }
  }

  /** A record of a file, whole. */
  static byte[] record(FileChannel file, long offset, int length) throws IOException {
    ByteBuffer record = ByteBuffer.allocate(length);
    while (record.hasRemaining() && file.read(record, offset + record.position()) >= 0) {
      // A read may return fewer bytes than requested.
    }
    return record.array();
  }

  /** The records of a tail chunk, of which each is followed by a line feed. */
  static List<byte[]> read(InputStream content, ChunkPlan chunk) throws IOException {
    List<byte[]> records = new ArrayList<>(chunk.rowCount());
    for (int length : chunk.asideLengths()) {
      records.add(content.readNBytes(length));
      content.skipNBytes(1);
    }
    return records;
  }
}
