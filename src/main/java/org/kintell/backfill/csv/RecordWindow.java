package org.kintell.backfill.csv;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/**
 * The bytes of a stream from the start of a record, read as they are needed. Positions count from
 * that start; earlier bytes are not kept.
 */
final class RecordWindow {

  /** The value at positions after the end of the stream. */
  static final int END = -1;

  private static final int READ_AHEAD = 64 * 1024;

  private final InputStream in;

  /**
   * Holds the bytes from offset {@code base}, up to {@code limit}; the record is at {@code start}.
   */
  private byte[] buffer = new byte[2 * READ_AHEAD];

  private long base;
  private int limit;
  private int start;
  private boolean exhausted;
  private long steps;

  /**
   * @param offset of the stream's current position in the file
   */
  RecordWindow(InputStream in, long offset) {
    this.in = in;
    this.base = offset;
  }

  /** Begins a record at an offset that was already read. */
  void moveTo(long offset) {
    start = (int) (offset - base);
  }

  /** The offset in the file of a position in the record. */
  long offset(int position) {
    return base + start + position;
  }

  /** The position in the record of an offset in the file. */
  int position(long offset) {
    return (int) (offset - base) - start;
  }

  /** The byte at a position, 0 to 255, or {@link #END}. */
  int at(int position) throws IOException {
    steps++;
    while (start + position >= limit) {
      if (!fill()) {
        return END;
      }
    }
    return buffer[start + position] & 0xff;
  }

  /** A byte that was already read. */
  byte reached(int position) {
    return buffer[start + position];
  }

  /** A copy of bytes that were already read. */
  byte[] copy(int from, int to) {
    return Arrays.copyOfRange(buffer, start + from, start + to);
  }

  /** Skips bytes of a set quickly, as far as bytes are buffered. */
  int skip(int from, int most, boolean[] set) {
    int position = start + from;
    int end = Math.min(limit, start + most);
    while (position < end && set[buffer[position] & 0xff]) {
      position++;
    }
    return position - start;
  }

  /**
   * Skips a line of any length without keeping it.
   *
   * @return the offset in the file of its LF or CR, or of the end of the stream
   */
  long passLine(int from) throws IOException {
    int position = start + from;
    while (true) {
      for (; position < limit; position++) {
        if (buffer[position] == '\n' || buffer[position] == '\r') {
          start = position;
          return base + position;
        }
      }
      base += limit;
      start = 0;
      limit = 0;
      position = 0;
      if (!read()) {
        return base;
      }
    }
  }

  /** Bytes examined one by one so far. */
  long steps() {
    return steps;
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
