package org.kintell.backfill.csv;

import java.util.Iterator;
import java.util.List;

/** Records as CSV in UTF-8, each followed by a line feed; skips those that cannot be read. */
public final class RecordStream extends BlockInputStream {

  private static final byte[] NONE = {};

  private final Iterator<SourceRecord> records;
  private byte[] current = NONE;

  /** Place of the next byte in the current record; its length stands for the line feed. */
  private int position = 1;

  public RecordStream(List<SourceRecord> records) {
    this.records = records.iterator();
  }

  @Override
  public int read(byte[] buffer, int offset, int length) {
    int end = offset + length;
    int at = offset;
    while (at < end && advance()) {
      int count = Math.min(end - at, current.length - position);
      System.arraycopy(current, position, buffer, at, count);
      at += count;
      position += count;
      if (position == current.length && at < end) {
        buffer[at++] = '\n';
        position++;
      }
    }
    return at > offset || length == 0 ? at - offset : -1;
  }

  /** Moves to the next readable record where the current one is over; false when none is left. */
  private boolean advance() {
    while (position > current.length) {
      if (!records.hasNext()) {
        return false;
      }
      SourceRecord record = records.next();
      if (record.fault() == null) {
        current = record.raw();
        position = 0;
      }
    }
    return true;
  }
}
