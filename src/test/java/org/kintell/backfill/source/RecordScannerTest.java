package org.kintell.backfill.source;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.kintell.backfill.row.Rule;

/** The scanner, which remembers what it saw, finds what one that remembers nothing finds. */
class RecordScannerTest {

  /** What the scanner says of one record; of a faulty one only its extent. */
  private record Found(
      long offset,
      long length,
      long nextOffset,
      Rule fault,
      List<Integer> fieldEnds,
      boolean hasNul,
      boolean hasLoneCarriageReturn,
      boolean isAscii) {}

  @Property(tries = 20_000)
  void findsWhatAMemorylessScanFinds(
      @ForAll("csv") String csv, @ForAll @IntRange(min = 2, max = 40) int maxRecord)
      throws IOException {
    byte[] bytes = csv.getBytes(StandardCharsets.ISO_8859_1);

    List<Found> found = scan(new ByteArrayInputStream(bytes), maxRecord);

    assertThat(found).isEqualTo(new Memoryless(bytes, maxRecord).records());
  }

  /** Texts of little but what matters to a scanner. */
  @Provide
  Arbitrary<String> csv() {
    return Arbitraries.of(
            "a", ",", "\"", "\"", "\n", "\n", "\r", "\r\n", "\0", "\u00fc", " ", "bcdefgh")
        .list()
        .ofMaxSize(40)
        .map(parts -> String.join("", parts));
  }

  @Test
  void isLinearInLinesThatOpenAQuoteAndNeverCloseIt() {
    assertScannedInTime("\"a,b\n".repeat(4_000_000), 4_000_000);
  }

  @Test
  void isLinearInRecordsThatBreakFarFromTheirBegin() {
    assertScannedInTime("x,\"a\n\"\"\n".repeat(500_000) + "\"junk\n", 1_000_001);
  }

  private static void assertScannedInTime(String csv, int expected) {
    InputStream in = new ByteArrayInputStream(csv.getBytes(StandardCharsets.US_ASCII));
    // Linear takes a fraction of a second; quadratic, hours.
    int records =
        Assertions.assertTimeoutPreemptively(
            Duration.ofSeconds(30),
            () -> {
              RecordScanner scanner = new RecordScanner(in, ',', 0);
              int count = 0;
              while (scanner.next()) {
                count++;
              }
              return count;
            });
    assertThat(records).isEqualTo(expected);
  }

  private static List<Found> scan(InputStream in, int maxRecord) throws IOException {
    RecordScanner scanner = new RecordScanner(in, ',', 0, maxRecord);
    List<Found> found = new ArrayList<>();
    while (scanner.next()) {
      boolean whole = scanner.fault() == null;
      List<Integer> fieldEnds = new ArrayList<>();
      for (int i = 0; whole && i < scanner.fields(); i++) {
        fieldEnds.add(scanner.fieldEnd(i));
      }
      found.add(
          new Found(
              scanner.offset(),
              scanner.length(),
              scanner.nextOffset(),
              scanner.fault(),
              fieldEnds,
              whole && scanner.hasNul(),
              whole && scanner.hasLoneCarriageReturn(),
              whole && scanner.isAscii()));
    }
    return found;
  }

  /** The same, record by record from its first byte, as slow as that may be. */
  private static final class Memoryless {
    private final byte[] bytes;
    private final int maxRecord;

    Memoryless(byte[] bytes, int maxRecord) {
      this.bytes = bytes;
      this.maxRecord = maxRecord;
    }

    List<Found> records() {
      List<Found> records = new ArrayList<>();
      int offset = 0;
      while (offset < bytes.length) {
        Found record = record(offset);
        boolean blank =
            record.fault() == null
                && record.fieldEnds().size() == 1
                && new String(bytes, offset, (int) record.length(), StandardCharsets.US_ASCII)
                    .isBlank()
                && !record.hasNul();
        if (!blank) {
          records.add(record);
        }
        offset = (int) record.nextOffset();
      }
      return records;
    }

    private Found record(int offset) {
      List<Integer> fieldEnds = new ArrayList<>();
      boolean loneCarriageReturn = false;
      int position = offset;
      while (true) {
        if (at(position) == '"') {
          position = closingQuote(offset, position + 1) + 1;
          if (position == 0 || !endsField(position)) {
            return line(offset, offset, Rule.INVALID_QUOTING);
          }
        } else {
          while (!endsField(position) && position - offset <= maxRecord) {
            loneCarriageReturn |= at(position) == '\r';
            position++;
          }
        }
        if (position - offset > maxRecord) {
          return line(offset, position, Rule.ROW_TOO_LONG);
        }
        fieldEnds.add(position - offset);
        if (at(position) != ',') {
          break;
        }
        position++;
      }
      byte[] record = Arrays.copyOfRange(bytes, offset, position);
      int next = at(position) == '\r' ? position + 2 : Math.min(position + 1, bytes.length);
      boolean nul = false;
      boolean ascii = true;
      for (byte b : record) {
        nul |= b == 0;
        ascii &= b >= 0;
      }
      return new Found(
          offset, record.length, next, null, fieldEnds, nul, loneCarriageReturn, ascii);
    }

    private int closingQuote(int offset, int from) {
      int position = from;
      while (position < bytes.length && position - offset < maxRecord) {
        if (at(position) != '"') {
          position++;
        } else if (at(position + 1) == '"') {
          position += 2;
        } else {
          return position;
        }
      }
      return -1;
    }

    private boolean endsField(int position) {
      int b = at(position);
      return b == ',' || b == '\n' || b < 0 || (b == '\r' && at(position + 1) == '\n');
    }

    /** A faulty record: everything up to the next line feed. */
    private Found line(int offset, int from, Rule fault) {
      int end = from;
      while (end < bytes.length && at(end) != '\n') {
        end++;
      }
      int next = Math.min(end + 1, bytes.length);
      boolean carriageReturn = end < bytes.length && end > offset && at(end - 1) == '\r';
      int length = (carriageReturn ? end - 1 : end) - offset;
      return new Found(offset, length, next, fault, List.of(), false, false, false);
    }

    private int at(int position) {
      return position < bytes.length ? bytes[position] & 0xff : -1;
    }
  }
}
