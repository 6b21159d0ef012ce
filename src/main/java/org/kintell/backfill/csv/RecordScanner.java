package org.kintell.backfill.csv;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import org.kintell.backfill.row.Rule;
import org.kintell.backfill.row.WhiteSpace;

/**
 * Finds where the records of a CSV stream begin and end, by RFC 4180, in time linear in the stream
 * and memory bounded by {@link #MAX_RECORD}. A line ends with LF, CRLF or CR alone. Skips lines of
 * nothing but delimiters and white space.
 *
 * <p>A record is malformed when something other than a delimiter or a line end follows a closing
 * quote, or when a quote is not closed before the end or within {@link #MAX_RECORD} bytes. Then the
 * record is its first line alone, with {@link Rule#INVALID_QUOTING}, and scanning continues at the
 * next line.
 */
public final class RecordScanner {

  /** Longest record, in bytes. */
  public static final int MAX_RECORD = 16 * 1024 * 1024;

  private static final int END = RecordWindow.END;

  private final RecordWindow window;
  private final byte delimiter;
  private final int maxRecord;

  /** Bytes without a special meaning, outside and inside quotes. */
  private final boolean[] ordinary = new boolean[256];

  private final boolean[] ordinaryInQuotes = new boolean[256];

  private long nextOffset;
  private long offset;
  private long length;
  private Rule fault;
  private boolean hasNul;
  private boolean isAscii;
  private int fields;
  private int[] fieldEnds = new int[32];

  /**
   * Up to this offset a failed scan was inside quotes at every line end. A later line that ends
   * inside quotes before it is in the same state, so it need not be scanned again.
   */
  private long failedUntil;

  private boolean failedForGood;

  /** Whether the current scan skipped what a failed one had seen. */
  private boolean tookOver;

  /**
   * @param in read from its current position, not closed
   * @param offset of that position in the file
   */
  public RecordScanner(InputStream in, char delimiter, long offset) {
    this(in, delimiter, offset, MAX_RECORD);
  }

  public RecordScanner(InputStream in, char delimiter, long offset, int maxRecord) {
    this.window = new RecordWindow(in, offset);
    this.delimiter = (byte) delimiter;
    this.maxRecord = maxRecord;
    this.nextOffset = offset;
    Arrays.fill(ordinary, 0, 128, true);
    for (char special : new char[] {0, '\n', '\r', delimiter}) {
      ordinary[special] = false;
    }
    System.arraycopy(ordinary, 0, ordinaryInQuotes, 0, ordinary.length);
    ordinaryInQuotes['"'] = false;
  }

  /** Moves to the next record that is not blank; false at the end of the stream. */
  public boolean next() throws IOException {
    do {
      window.moveTo(nextOffset);
      offset = nextOffset;
      if (at(0) == END) {
        return false;
      }
      scan();
    } while (isBlank());
    return true;
  }

  /** Where the record begins in the file. */
  public long offset() {
    return offset;
  }

  /** Bytes of the record, without its line end. */
  public long length() {
    return length;
  }

  /** Where the next record begins, after the line end. */
  long nextOffset() {
    return nextOffset;
  }

  /** Why the record cannot be read, or null. Covers only what decides where the record ends. */
  public Rule fault() {
    return fault;
  }

  public boolean hasNul() {
    return hasNul;
  }

  public boolean isAscii() {
    return isAscii;
  }

  /** Fields of a record without {@link #fault()}. */
  public int fields() {
    return fields;
  }

  /** Start of a field, its quotes included, within the record. */
  public int fieldStart(int field) {
    return field == 0 ? 0 : fieldEnds[field - 1] + 1;
  }

  /** End of a field, its quotes included, within the record. */
  public int fieldEnd(int field) {
    return fieldEnds[field];
  }

  /** The byte at a position within a record of at most {@link #MAX_RECORD} bytes. */
  byte byteAt(int position) {
    return window.reached(position);
  }

  /** Bytes examined one by one so far. Grows linearly with the stream, which a test checks. */
  long steps() {
    return window.steps();
  }

  /** A copy of part of a record of at most {@link #MAX_RECORD} bytes. */
  public byte[] copy(int from, int to) {
    return window.copy(from, to);
  }

  private void scan() throws IOException {
    tookOver = false;
    scanRecord();
    if (tookOver && fault == null) {
      // Fields were skipped. Scans this record again in full, once, so the time stays linear.
      long until = failedUntil;
      failedUntil = 0;
      scanRecord();
      failedUntil = until;
    }
  }

  private void scanRecord() throws IOException {
    fault = null;
    fields = 0;
    hasNul = false;
    isAscii = true;
    int position = 0;
    while (true) {
      boolean quoted = at(position) == '"';
      if (quoted) {
        position = closingQuote(position + 1);
        if (position < 0) {
          endAtFirstLine(Rule.INVALID_QUOTING, 0);
          return;
        }
        position++;
        if (!endsField(at(position))) {
          remember(position, true);
          endAtFirstLine(Rule.INVALID_QUOTING, 0);
          return;
        }
      } else {
        position = unquotedEnd(position);
      }
      if (position > maxRecord) {
        endAtFirstLine(Rule.ROW_TOO_LONG, position);
        return;
      }
      int b = at(position);
      if (b == delimiter) {
        endField(position++);
        continue;
      }
      endField(position);
      endRecord(position, b);
      return;
    }
  }

  /**
   * The end of an unquoted field that begins here; {@link #maxRecord} when the record is too long.
   */
  private int unquotedEnd(int from) throws IOException {
    int position = from;
    while (position <= maxRecord) {
      position = window.skip(position, Integer.MAX_VALUE / 2, ordinary);
      int b = at(position);
      if (endsField(b)) {
        return position;
      }
      note(b);
      position++;
    }
    return position;
  }

  private boolean endsField(int b) {
    return b == delimiter || isLineEnd(b);
  }

  /** Also true for the end of the stream. */
  private static boolean isLineEnd(int b) {
    return b == '\n' || b == '\r' || b == END;
  }

  /** The position of the quote that closes a field opened before {@code from}, or -1. */
  private int closingQuote(int from) throws IOException {
    int position = from;
    while (position < maxRecord) {
      position = window.skip(position, maxRecord, ordinaryInQuotes);
      if (position >= maxRecord) {
        break;
      }
      int b = at(position);
      if (b == '"') {
        if (at(position + 1) != '"') {
          return position;
        }
        position += 2;
        continue;
      }
      if (b == END) {
        break;
      }
      if ((b == '\n' || b == '\r') && window.offset(position) < failedUntil) {
        if (failedForGood) {
          return -1;
        }
        position = Math.min(window.position(failedUntil), maxRecord);
        tookOver = true;
        continue;
      }
      note(b);
      position++;
    }
    remember(position, at(position) == END);
    return -1;
  }

  /** Keeps the result of an earlier scan that reached further than this one. */
  private void remember(int position, boolean forGood) {
    long until = window.offset(position);
    if (until > failedUntil) {
      failedUntil = until;
      failedForGood = forGood;
    }
  }

  private void note(int b) {
    if (b == 0) {
      hasNul = true;
    } else if (b >= 128) {
      isAscii = false;
    }
  }

  private void endField(int position) {
    if (fields == fieldEnds.length) {
      fieldEnds = Arrays.copyOf(fieldEnds, 2 * fields);
    }
    fieldEnds[fields++] = position;
  }

  /**
   * Ends the record where a line ends, or the stream.
   *
   * @param b the byte there
   */
  private void endRecord(int end, int b) throws IOException {
    length = end;
    nextOffset = offset + end + lineEnd(end, b);
  }

  /** Bytes of the line end that begins with a byte at a position; 0 at the end of the stream. */
  private int lineEnd(int position, int b) throws IOException {
    if (b == '\r') {
      return at(position + 1) == '\n' ? 2 : 1;
    }
    return b == END ? 0 : 1;
  }

  /** Makes the bytes up to the next line end the record, however many they are. */
  private void endAtFirstLine(Rule rule, int searched) throws IOException {
    fault = rule;
    fields = 0;
    int position = searched;
    while (!isLineEnd(at(position)) && position <= maxRecord) {
      position++;
    }
    if (isLineEnd(at(position))) {
      endRecord(position, at(position));
    } else {
      long end = window.passLine(position);
      int place = window.position(end);
      length = end - offset;
      nextOffset = end + lineEnd(place, at(place));
    }
  }

  /** Whether nothing but delimiters and white space stands in the line. */
  private boolean isBlank() {
    int first = byteAt(0);
    // Nearly all rows: no white space begins with this byte.
    if (fault != null || first > ' ' && first != delimiter) {
      return false;
    }
    int position = 0;
    while (position < length) {
      int bytes = byteAt(position) == delimiter ? 1 : whiteSpaceAt(position);
      if (bytes == 0) {
        return false;
      }
      position += bytes;
    }
    return true;
  }

  /** Bytes of the white space at a position of the record; 0 where there is something else. */
  private int whiteSpaceAt(int position) {
    int first = byteAt(position);
    int bytes = first >= 0 ? 1 : (first & 0xe0) == 0xc0 ? 2 : 3;
    if (position + bytes > length) {
      return 0;
    }
    int character =
        switch (bytes) {
          case 1 -> first;
          case 2 -> (first & 0x1f) << 6 | continued(position + 1);
          default ->
              (first & 0xf0) == 0xe0
                  ? (first & 0x0f) << 12 | continued(position + 1) << 6 | continued(position + 2)
                  : -1;
        };
    return character >= 0 && WhiteSpace.is(character) ? bytes : 0;
  }

  /** The six bits of a continuation byte; a negative number where there is none. */
  private int continued(int position) {
    int b = byteAt(position);
    return (b & 0xc0) == 0x80 ? b & 0x3f : -1;
  }

  private int at(int position) throws IOException {
    return window.at(position);
  }
}
