package org.kintell.backfill.source;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import org.kintell.backfill.row.Rule;

/**
 * Finds where the records of a CSV stream begin and end, by RFC 4180, in time linear in the stream
 * and memory bounded by {@link #MAX_RECORD}. Blank lines are passed over.
 *
 * <p>A record is malformed when something other than a delimiter or a line end follows a closing
 * quote, or when a quote is not closed before the end or within {@link #MAX_RECORD} bytes. Then
 * only its first line is given, as {@link Rule#INVALID_QUOTING}, and scanning goes on at the next
 * line.
 */
final class RecordScanner {

  /** Longest record, in bytes. */
  static final int MAX_RECORD = 16 * 1024 * 1024;

  private static final int READ_AHEAD = 64 * 1024;
  private static final int END = -1;

  private final InputStream in;
  private final byte delimiter;
  private final boolean[] ordinary = new boolean[256];
  private final int maxRecord;

  /**
   * Bytes from {@code base} of the stream stand from 0 to {@code limit}; the record at {@code
   * start}.
   */
  private byte[] buffer = new byte[2 * READ_AHEAD];

  private long base;
  private int limit;
  private int start;
  private boolean exhausted;

  private long nextOffset;
  private long offset;
  private long length;
  private Rule fault;
  private boolean hasNul;
  private boolean hasLoneCarriageReturn;
  private boolean isAscii;
  private int fields;
  private int[] fieldEnds = new int[32];

  /**
   * How far the last failed scan was inside quotes. A later line that ends inside quotes before
   * this offset is in the very state that scan was in, so it need not be scanned again.
   */
  private long failedUntil;

  private boolean failedForGood;

  /** Whether the record was not scanned in full, because of that. */
  private boolean leapt;

  /**
   * @param in read from its current position, not closed
   * @param offset of that position in the file
   */
  RecordScanner(InputStream in, char delimiter, long offset) {
    this(in, delimiter, offset, MAX_RECORD);
  }

  RecordScanner(InputStream in, char delimiter, long offset, int maxRecord) {
    this.in = in;
    this.delimiter = (byte) delimiter;
    this.maxRecord = maxRecord;
    this.base = offset;
    this.nextOffset = offset;
    Arrays.fill(ordinary, 0, 128, true);
    for (char special : new char[] {0, '\n', '\r', delimiter}) {
      ordinary[special] = false;
    }
  }

  /** Moves to the next record that is not blank; false at the end of the stream. */
  boolean next() throws IOException {
    do {
      start = (int) (nextOffset - base);
      offset = nextOffset;
      if (at(0) == END) {
        return false;
      }
      scan();
    } while (isBlank());
    return true;
  }

  /** Where the record begins in the file. */
  long offset() {
    return offset;
  }

  /** Bytes of the record, without its line end. */
  long length() {
    return length;
  }

  /** Where the next record begins: behind the line end. */
  long nextOffset() {
    return nextOffset;
  }

  /** Why the record cannot be read, or null: only what the record's extent depends on. */
  Rule fault() {
    return fault;
  }

  boolean hasNul() {
    return hasNul;
  }

  /** Whether a carriage return that ends no line stands outside quotes. */
  boolean hasLoneCarriageReturn() {
    return hasLoneCarriageReturn;
  }

  boolean isAscii() {
    return isAscii;
  }

  /** Fields of a record without {@link #fault()}. */
  int fields() {
    return fields;
  }

  /** Start of a field, its quotes included, within the record. */
  int fieldStart(int field) {
    return field == 0 ? 0 : fieldEnds[field - 1] + 1;
  }

  /** End of a field, its quotes included, within the record. */
  int fieldEnd(int field) {
    return fieldEnds[field];
  }

  /** The byte at a position within a record of at most {@link #MAX_RECORD} bytes. */
  byte byteAt(int position) {
    return buffer[start + position];
  }

  /** A copy of part of a record of at most {@link #MAX_RECORD} bytes. */
  byte[] copy(int from, int to) {
    return Arrays.copyOfRange(buffer, start + from, start + to);
  }

  private void scan() throws IOException {
    fault = null;
    fields = 0;
    hasNul = false;
    hasLoneCarriageReturn = false;
    isAscii = true;
    leapt = false;
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
        int b = at(position);
        boolean fieldEnds = b == delimiter || b == '\n' || b == END;
        if (!fieldEnds && !(b == '\r' && at(position + 1) == '\n')) {
          failedUntil = base + start + position;
          failedForGood = true;
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
      if (leapt) {
        // It is whole after all, thanks to what lies behind: its fields count, to be seen once
        // more.
        failedUntil = 0;
        scan();
        return;
      }
      endField(position);
      if (b == '\r') {
        endRecord(position, 2);
      } else {
        endRecord(position, b == END ? 0 : 1);
      }
      return;
    }
  }

  /**
   * The end of an unquoted field that begins here; at {@link #maxRecord} the record is too long.
   */
  private int unquotedEnd(int from) throws IOException {
    int position = from;
    while (position <= maxRecord) {
      int available = limit - start;
      while (position < available && ordinary[buffer[start + position] & 0xff]) {
        position++;
      }
      int b = at(position);
      if (b == delimiter || b == '\n' || b == END) {
        return position;
      }
      if (b == '\r') {
        if (at(position + 1) == '\n') {
          return position;
        }
        hasLoneCarriageReturn = true;
      }
      note(b);
      position++;
    }
    return position;
  }

  /** The position of the quote that closes a field opened before {@code from}, or -1. */
  private int closingQuote(int from) throws IOException {
    int position = from;
    while (position < maxRecord) {
      int available = Math.min(limit - start, maxRecord);
      while (position < available && isOrdinaryInQuotes(buffer[start + position])) {
        position++;
      }
      if (position == maxRecord) {
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
      if (b == '\n' && base + start + position < failedUntil) {
        if (failedForGood) {
          return -1;
        }
        leapt = true;
        position = Math.min((int) (failedUntil - base) - start, maxRecord);
        continue;
      }
      note(b);
      position++;
    }
    failedUntil = base + start + position;
    failedForGood = at(position) == END;
    return -1;
  }

  private boolean isOrdinaryInQuotes(byte b) {
    return b != '"' && ordinary[b & 0xff];
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

  private void endRecord(int end, int lineEnd) {
    length = end;
    nextOffset = offset + end + lineEnd;
  }

  /** Gives the bytes up to the next line feed as the record, however far that is. */
  private void endAtFirstLine(Rule rule, int searched) throws IOException {
    fault = rule;
    fields = 0;
    int position = searched;
    int b = at(position);
    while (b != '\n' && b != END && position <= maxRecord) {
      b = at(++position);
    }
    if (b == '\n') {
      boolean carriageReturn = position > 0 && byteAt(position - 1) == '\r';
      endRecord(carriageReturn ? position - 1 : position, carriageReturn ? 2 : 1);
    } else if (b == END) {
      endRecord(position, 0);
    } else {
      discardLine(position);
    }
  }

  /** Passes over a line that is longer than a record may be, without keeping it. */
  private void discardLine(int from) throws IOException {
    int position = start + from;
    byte last = buffer[position - 1];
    while (true) {
      for (; position < limit; position++) {
        if (buffer[position] == '\n') {
          int carriageReturn = last == '\r' ? 1 : 0;
          long end = base + position;
          length = end - carriageReturn - offset;
          nextOffset = end + 1;
          start = position;
          return;
        }
        last = buffer[position];
      }
      base += limit;
      start = 0;
      limit = 0;
      position = 0;
      if (!read()) {
        length = base - offset;
        nextOffset = base;
        return;
      }
    }
  }

  private boolean isBlank() {
    if (fault != null || fields != 1) {
      return false;
    }
    for (int i = 0; i < length; i++) {
      byte b = byteAt(i);
      if (b != ' ' && b != '\t' && b != '\r') {
        return false;
      }
    }
    return true;
  }

  /** The byte at a position within the record, 0 to 255, or {@link #END}. */
  private int at(int position) throws IOException {
    while (start + position >= limit) {
      if (!fill()) {
        return END;
      }
    }
    return buffer[start + position] & 0xff;
  }

  private boolean fill() throws IOException {
    if (limit == buffer.length) {
      if (start >= buffer.length / 2) {
        System.arraycopy(buffer, start, buffer, 0, limit - start);
        base += start;
        limit -= start;
        start = 0;
      } else {
        buffer = Arrays.copyOf(buffer, 2 * buffer.length);
      }
    }
    return read();
  }

  private boolean read() throws IOException {
    if (exhausted) {
      return false;
    }
    int count = in.read(buffer, limit, Math.min(READ_AHEAD, buffer.length - limit));
    if (count < 0) {
      exhausted = true;
      return false;
    }
    limit += count;
    return true;
  }
}
