package org.kintell.backfill.csv;

import org.kintell.backfill.row.Column;
import org.kintell.backfill.row.Fault;

/**
 * One record of a file, byte for byte.
 *
 * @param row counts data rows from 1
 * @param offset where it begins in the unpacked file
 * @param length in bytes, without the line end
 * @param raw its bytes, or null when it is longer than a record may be
 * @param fault why it cannot be read, or null
 * @param keys start and end of each looked-up column in it, in their order; null when it cannot be
 *     read or has fewer fields than the header
 */
public record SourceRecord(
    long row, long offset, long length, byte[] raw, Fault fault, int[] keys) {

  /** The columns that are looked up in the database before a record is parsed. */
  public enum Key {
    SESSION_ID(Column.SESSION_ID),
    PARTICIPANT_EMAIL(Column.PARTICIPANT_EMAIL),
    VOLUNTEER_EMAIL(Column.VOLUNTEER_EMAIL);

    private static final Key[] ALL = values();

    private final Column column;

    Key(Column column) {
      this.column = column;
    }

    /** Their starts and ends in the record that was scanned last. */
    public static int[] in(RecordScanner scanner, Header header) {
      int[] keys = new int[2 * ALL.length];
      for (Key key : ALL) {
        int field = header.position(key.column);
        keys[2 * key.ordinal()] = scanner.fieldStart(field);
        keys[2 * key.ordinal() + 1] = scanner.fieldEnd(field);
      }
      return keys;
    }
  }

  /** The trimmed text of a key; empty where the record has no keys. */
  public String text(Key key) {
    return keys == null ? "" : Text.of(raw, keys[2 * key.ordinal()], keys[2 * key.ordinal() + 1]);
  }
}
