package org.kintell.backfill.source;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import org.kintell.backfill.row.Rule;

/**
 * How an error file is written: the original header and records, byte for byte, each with the row
 * number and the message added; in the delimiter and line ends of the input. Where the input was an
 * error file itself, what that added is replaced.
 */
public final class ErrorFile {

  /** No message is longer, in bytes: a few faults, each with a value cut short. */
  private static final int LONGEST_ENDING = 8192;

  /** No file has more rows than this has digits. */
  private static final int LONGEST_NUMBER = 18;

  private static final String FORMULA = "=+-@\t\r";

  private final Header header;
  private final Form form;
  private final List<Integer> errorColumns;

  /** What the records are to be read by. */
  public enum Form {
    /** Byte for byte as they stood in the input. */
    EXACT,
    /**
     * So that a spreadsheet takes no cell for a formula: those that begin with {@code = + - @}, a
     * tab or a carriage return get an apostrophe in front (CWE-1236).
     */
    SPREADSHEET
  }

  public ErrorFile(Header header, Form form) {
    this.form = form;
    this.header = header;
    this.errorColumns = header.errorColumns();
  }

  /** The first line. */
  public byte[] headerLine() {
    return line(withoutErrorColumns(header.raw()), Header.ERROR_ROW, Header.ERROR_MESSAGE);
  }

  /** The line of a reject. */
  public byte[] line(byte[] raw, long row, String message) {
    return line(withoutErrorColumns(raw), Long.toString(row), message);
  }

  /** What follows a record that is too long to be held in memory. */
  public byte[] ending(long row, String message) {
    return line(new byte[0], Long.toString(row), message);
  }

  /**
   * How many bytes at the end of such a record an earlier error file added.
   *
   * @param end its last bytes, as many as {@link #endingLength} says
   */
  public int added(byte[] end) {
    return errorColumns.isEmpty() ? 0 : end.length - withoutEnding(end).length;
  }

  /** How many bytes at the end of a record of this length have to be looked at. */
  public static int endingLength(long length) {
    return (int) Math.min(length, LONGEST_ENDING);
  }

  /** The row number that an earlier error file added to a record, if it did. */
  OptionalLong originalRow(RecordScanner record) {
    if (record.fault() != null || record.fields() != header.width()) {
      return originalRow(record.copy(0, (int) record.length()));
    }
    int field = header.names().indexOf(Header.ERROR_ROW);
    return rowNumber(Text.of(record.copy(record.fieldStart(field), record.fieldEnd(field))));
  }

  /** The same for a record that cannot be split into its columns, by its last bytes. */
  OptionalLong originalRow(byte[] end) {
    Ending ending = ending(end);
    return ending == null
        ? OptionalLong.empty()
        : rowNumber(text(end, ending.start() + 1, ending.message()));
  }

  private static OptionalLong rowNumber(String text) {
    return isNumber(text) && text.length() <= LONGEST_NUMBER
        ? OptionalLong.of(Long.parseLong(text))
        : OptionalLong.empty();
  }

  private static boolean isNumber(String text) {
    return !text.isEmpty() && text.chars().allMatch(c -> c >= '0' && c <= '9');
  }

  private static String text(byte[] bytes, int from, int to) {
    return new String(bytes, from, to - from, StandardCharsets.UTF_8);
  }

  private byte[] line(byte[] record, String row, String message) {
    ByteArrayOutputStream line = new ByteArrayOutputStream(record.length + 100);
    line.writeBytes(form == Form.SPREADSHEET ? neutralised(record) : record);
    line.write(header.delimiter());
    line.writeBytes(row.getBytes(StandardCharsets.US_ASCII));
    line.write(header.delimiter());
    String cell = message.indexOf(header.delimiter()) < 0 ? message : '"' + message + '"';
    line.writeBytes(cell.getBytes(StandardCharsets.UTF_8));
    line.writeBytes(header.lineEnd().getBytes(StandardCharsets.US_ASCII));
    return line.toByteArray();
  }

  /**
   * Whatever could be the beginning of a cell: after a delimiter or a line end, quoted or not. In a
   * malformed record it is anybody's guess what a cell is, and within quotes an apostrophe too many
   * does no harm.
   */
  private byte[] neutralised(byte[] record) {
    ByteArrayOutputStream safe = new ByteArrayOutputStream(record.length + 16);
    boolean begins = true;
    for (byte b : record) {
      boolean separates = b == header.delimiter() || b == '\n';
      if (begins && !separates && FORMULA.indexOf(b) >= 0) {
        safe.write('\'');
      }
      safe.write(b);
      begins = separates || (begins && (b == '"' || b == ' '));
    }
    return safe.toByteArray();
  }

  private byte[] withoutErrorColumns(byte[] raw) {
    if (errorColumns.isEmpty()) {
      return raw;
    }
    try {
      RecordScanner scanner =
          new RecordScanner(new ByteArrayInputStream(raw), header.delimiter(), 0);
      boolean whole =
          scanner.next() && scanner.fault() == null && scanner.fields() == header.width();
      return whole ? withoutFields(raw, scanner) : withoutEnding(raw);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private byte[] withoutFields(byte[] raw, RecordScanner scanner) {
    byte[] rest = raw;
    for (int field : errorColumns) {
      int from = field == 0 ? 0 : scanner.fieldEnd(field - 1);
      int to = field == 0 ? scanner.fieldStart(1) : scanner.fieldEnd(field);
      rest = without(rest, from, to);
    }
    return rest;
  }

  /**
   * A record that cannot be split into its columns: what an error file added to it is known by its
   * form, a number and a message of ours.
   */
  private byte[] withoutEnding(byte[] raw) {
    Ending ending = ending(raw);
    return ending == null ? raw : Arrays.copyOf(raw, Math.max(ending.start(), 0));
  }

  /**
   * What an error file added to a record.
   *
   * @param start the delimiter before the row number, -1 where it is the first cell
   * @param message the delimiter before the message
   */
  private record Ending(int start, int message) {}

  private Ending ending(byte[] raw) {
    int from = raw.length - endingLength(raw.length);
    for (int end = raw.length; (end = lastDelimiter(raw, end)) > from; ) {
      int rowStart = lastDelimiter(raw, end);
      String rest = text(raw, end + 1, raw.length);
      if (isNumber(text(raw, rowStart + 1, end))
          && Rule.startsMessage(rest.startsWith("\"") ? rest.substring(1) : rest)) {
        return new Ending(rowStart, end);
      }
    }
    return null;
  }

  private int lastDelimiter(byte[] raw, int before) {
    int position = before - 1;
    while (position >= 0 && raw[position] != header.delimiter()) {
      position--;
    }
    return position;
  }

  private static byte[] without(byte[] bytes, int from, int to) {
    byte[] rest = Arrays.copyOf(bytes, bytes.length - (to - from));
    System.arraycopy(bytes, to, rest, from, bytes.length - to);
    return rest;
  }
}
