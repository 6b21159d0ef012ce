package org.kintell.backfill.reject;

import com.google.common.primitives.Bytes;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.AbstractList;
import java.util.Arrays;
import java.util.OptionalLong;
import java.util.UUID;
import org.kintell.backfill.csv.ErrorColumns;
import org.kintell.backfill.csv.Header;
import org.kintell.backfill.csv.RecordScanner;
import org.kintell.backfill.csv.SpreadsheetText;
import org.kintell.backfill.csv.Text;
import org.kintell.backfill.row.Rule;

/**
 * Format of an error file: the original header and records, byte for byte, each with row number and
 * message appended, in the delimiter and line ends of the input. A record is first padded or
 * trimmed with empty fields to the header's number, so that the two appended fields are under their
 * names. If the input was an error file itself, its two fields are replaced.
 */
public final class ErrorFile {

  /** Begins the name of each error file; the id of its job follows. */
  public static final String NAME = "backfill_errors_";

  /** Maximum length of a message in bytes: a few faults, each with a shortened value. */
  private static final int LONGEST_ENDING = 8192;

  private final Header header;
  private final Form form;
  private final ErrorColumns errorColumns;

  /** Number of fields before the two appended ones, if the record has not too many. */
  private final int width;

  /** The kind of program that reads an error file. */
  public enum Form {
    /** Byte for byte as in the input. */
    EXACT,
    /**
     * Without formulas for a spreadsheet ({@link SpreadsheetText}). An apostrophe before the names
     * of the two columns marks it.
     */
    SPREADSHEET
  }

  public ErrorFile(Header header, Form form) {
    this.form = form;
    this.header = header;
    this.errorColumns = new ErrorColumns(header);
    this.width = header.most() - errorColumns.positions().size();
  }

  /** The name of a job's error file. */
  public static String name(UUID jobId) {
    return NAME + jobId + ".csv";
  }

  /** The first line, after a byte order mark if the input had one or a spreadsheet needs it. */
  public byte[] headerLine() {
    String mark = form == Form.SPREADSHEET ? "'" : "";
    byte[] line =
        line(original(header.line()), mark + Header.ERROR_ROW, mark + Header.ERROR_MESSAGE);
    return Bytes.concat(
        form == Form.SPREADSHEET ? Text.byteOrderMark() : header.byteOrderMark(), line);
  }

  /** The line of a reject. */
  public byte[] line(byte[] raw, long row, String message) {
    return line(original(raw), Long.toString(row), message);
  }

  /**
   * The line of a corrected reject, without the columns of an error file.
   *
   * @param fields of the record, not more than the header's
   */
  byte[] lineOfText(byte[] record, int fields, long row) {
    return line(filledUp(record, fields), Long.toString(row), "");
  }

  /** The text after a record that is too long for memory. */
  public byte[] ending(long row, String message) {
    return line(new byte[0], Long.toString(row), message);
  }

  /**
   * Number of bytes that an earlier error file appended to such a record.
   *
   * @param end its last bytes, of {@link #endingLength}
   */
  public int added(byte[] end) {
    return errorColumns.isEmpty() ? 0 : end.length - withoutEnding(end).length;
  }

  /** Number of bytes to examine at the end of a record of this length. */
  public static int endingLength(long length) {
    return (int) Math.min(length, LONGEST_ENDING);
  }

  /** The row number that an earlier error file appended to a record, if any. */
  public OptionalLong originalRow(RecordScanner record) {
    return record.fault() == null
        ? errorColumns.in(new Fields(record)).originalRow()
        : originalRow(record.copy(0, (int) record.length()));
  }

  /** The same for a record that cannot be split into its columns, by its last bytes. */
  public OptionalLong originalRow(byte[] end) {
    Ending ending = ending(end);
    return ending == null
        ? OptionalLong.empty()
        : ErrorColumns.rowNumber(text(end, ending.start() + 1, ending.message()));
  }

  private static String text(byte[] bytes, int from, int to) {
    return new String(bytes, from, to - from, StandardCharsets.UTF_8);
  }

  private byte[] line(byte[] record, String row, String message) {
    ByteArrayOutputStream line = new ByteArrayOutputStream(record.length + 100);
    line.writeBytes(record);
    line.write(header.delimiter());
    line.writeBytes(row.getBytes(StandardCharsets.US_ASCII));
    line.write(header.delimiter());
    String cell = message.indexOf(header.delimiter()) < 0 ? message : '"' + message + '"';
    line.writeBytes(cell.getBytes(StandardCharsets.UTF_8));
    byte[] whole = line.toByteArray();
    line.reset();
    line.writeBytes(
        form == Form.SPREADSHEET ? SpreadsheetText.neutralised(whole, header.delimiter()) : whole);
    line.writeBytes(header.lineEnd().getBytes(StandardCharsets.US_ASCII));
    return line.toByteArray();
  }

  /**
   * A record without the appended fields of an error file, padded to the required number of fields.
   */
  byte[] original(byte[] raw) {
    try {
      RecordScanner scanner =
          new RecordScanner(new ByteArrayInputStream(raw), header.delimiter(), 0);
      if (!scanner.next()) {
        return filledUp(raw, 1);
      }
      return scanner.fault() == null ? original(raw, new Fields(scanner)) : withoutEnding(raw);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private byte[] original(byte[] raw, Fields fields) {
    int kept = errorColumns.isEmpty() ? -1 : errorColumns.in(fields).ending();
    if (kept >= 0) {
      return filledUp(Arrays.copyOf(raw, fields.end(kept - 1)), kept);
    }
    int most = width + errorColumns.positions().size();
    kept = fields.size();
    while (kept > most && fields.get(kept - 1).isEmpty()) {
      kept--;
    }
    byte[] rest = Arrays.copyOf(raw, fields.end(kept - 1));
    for (int field : errorColumns.positions()) {
      if (field < kept) {
        rest = fields.without(field, rest);
      }
    }
    return filledUp(rest, kept - errorColumns.among(kept));
  }

  private byte[] filledUp(byte[] record, int fields) {
    int lacking = Math.max(0, width - fields);
    byte[] filled = Arrays.copyOf(record, record.length + lacking);
    Arrays.fill(filled, record.length, filled.length, (byte) header.delimiter());
    return filled;
  }

  /**
   * A record that cannot be split into its columns: the appended fields are recognised by their
   * form, a number and a message of this service.
   */
  private byte[] withoutEnding(byte[] raw) {
    Ending ending = errorColumns.isEmpty() ? null : ending(raw);
    return ending == null ? raw : Arrays.copyOf(raw, Math.max(ending.start(), 0));
  }

  /**
   * The appended fields of a record.
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
      if (ErrorColumns.isNumber(text(raw, rowStart + 1, end))
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

  /** The texts of the fields of the last scanned record. */
  private static final class Fields extends AbstractList<String> {
    private final RecordScanner record;

    Fields(RecordScanner record) {
      this.record = record;
    }

    @Override
    public String get(int field) {
      int start = record.fieldStart(field);
      int end = record.fieldEnd(field);
      return start == end ? "" : Text.of(record.copy(start, end));
    }

    @Override
    public int size() {
      return record.fields();
    }

    /** Where a field ends in the record; 0 for the one before the first. */
    int end(int field) {
      return field < 0 ? 0 : record.fieldEnd(field);
    }

    /** The record up to a field, without that field and its delimiter. */
    byte[] without(int field, byte[] bytes) {
      int from = field == 0 ? 0 : record.fieldEnd(field - 1);
      int to = field == 0 && size() > 1 ? record.fieldStart(1) : record.fieldEnd(field);
      int cut = Math.min(to, bytes.length);
      byte[] rest = Arrays.copyOf(bytes, bytes.length - (cut - from));
      System.arraycopy(bytes, cut, rest, from, bytes.length - cut);
      return rest;
    }
  }
}
