package org.kintell.backfill.store;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.kintell.backfill.csv.ChunkPlan;
import org.kintell.backfill.csv.Header;
import org.kintell.backfill.csv.RecordScanner;
import org.kintell.backfill.csv.SourceRecord;
import org.kintell.backfill.csv.Text;
import org.kintell.backfill.row.Fault;
import org.kintell.backfill.row.Rule;
import org.springframework.stereotype.Component;

/** Reads the records of a chunk from the stored file, exactly as the index found them. */
@Component
public class ChunkReader {

  private final FileStore files;

  public ChunkReader(FileStore files) {
    this.files = files;
  }

  /**
   * Reads a chunk.
   *
   * @param version of the stored file that was indexed
   * @return its records in file order, as many as planned
   * @throws IllegalStateException when the stored file is not the one that was indexed
   */
  public List<SourceRecord> read(
      UUID jobId, Header header, ChunkPlan plan, StoredFile.Version version) throws IOException {
    List<SourceRecord> records =
        plan.tail()
            ? readTail(files.aside(jobId, plan, version), header, plan)
            : readMain(jobId, header, plan, version);
    if (records.size() != plan.rowCount()) {
      throw new IllegalStateException(
          "chunk %d was planned with %d rows but %s holds %d"
              .formatted(plan.chunkNo(), plan.rowCount(), files.name(jobId), records.size()));
    }
    return records;
  }

  private List<SourceRecord> readMain(
      UUID jobId, Header header, ChunkPlan plan, StoredFile.Version version) throws IOException {
    Collector collector = new Collector(header);
    try (InputStream range = files.main(jobId, plan, version)) {
      RecordScanner scanner = new RecordScanner(range, header.delimiter(), plan.startOffset());
      for (long row = plan.firstRow(); scanner.next(); row++) {
        if (Arrays.binarySearch(plan.asideRows(), row) < 0) {
          collector.add(row, scanner);
        }
      }
    }
    return collector.records;
  }

  private static List<SourceRecord> readTail(List<byte[]> raw, Header header, ChunkPlan plan)
      throws IOException {
    Collector collector = new Collector(header);
    for (int i = 0; i < raw.size(); i++) {
      RecordScanner scanner =
          new RecordScanner(
              new ByteArrayInputStream(raw.get(i)), header.delimiter(), plan.asideOffsets()[i]);
      if (scanner.next()) {
        collector.add(plan.asideRows()[i], scanner);
      }
    }
    return collector.records;
  }

  /** Receives records. */
  private static final class Collector {
    private final Header header;
    private final int width;
    private final List<SourceRecord> records = new ArrayList<>();

    Collector(Header header) {
      this.header = header;
      this.width = header.width();
    }

    void add(long row, RecordScanner scanner) {
      boolean kept = scanner.length() <= RecordScanner.MAX_RECORD;
      byte[] raw = kept ? scanner.copy(0, (int) scanner.length()) : null;
      Fault fault = fault(scanner, raw);
      boolean hasKeys = fault == null && scanner.fields() >= width;
      int[] keys = hasKeys ? SourceRecord.Key.in(scanner, header) : null;
      records.add(new SourceRecord(row, scanner.offset(), scanner.length(), raw, fault, keys));
    }

    private Fault fault(RecordScanner scanner, byte[] raw) {
      if (scanner.fault() != null) {
        return Fault.of(scanner.fault(), "");
      }
      if (!scanner.isAscii() && !Text.isUtf8(raw)) {
        return Fault.of(Rule.INVALID_UTF8, header.inColumn(invalidField(scanner)));
      }
      return scanner.hasNul() ? Fault.of(Rule.NUL_CHARACTER, "") : null;
    }

    private static int invalidField(RecordScanner scanner) {
      int field = 0;
      while (Text.isUtf8(scanner.copy(scanner.fieldStart(field), scanner.fieldEnd(field)))) {
        field++;
      }
      return field;
    }
  }
}
