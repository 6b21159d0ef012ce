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
import org.kintell.backfill.csv.ErrorColumns;
import org.kintell.backfill.csv.Header;
import org.kintell.backfill.csv.RecordScanner;
import org.kintell.backfill.csv.Text;
import org.kintell.backfill.row.Rule;

/**
 * How an error file is written: the original header and records, byte for byte, each with the row
 * number and the message added; in the delimiter and line ends of the input. A record with fewer
 * fields than the header is filled up with empty ones first, and empty ones beyond the header are
 * left out, so that the two stand under their names. Where the input was an error file itself, what
 * that added is replaced.
 */
public final class ErrorFile {

  /** No message is longer, in bytes: a few faults, each with a value cut short. */
  private static final int LONGEST_ENDING = 8192;

  private final Header header;
  private final Form form;
  private final ErrorColumns errorColumns;

  /** How many fields a record has before the two that are added, if it has not too many. */
  private final int width;

  /** What reads the records. */
  public enum Form {
    /** Byte for byte as they stood in the input. */
    EXACT,
    /** So that a spreadsheet takes no cell for a formula, as {@link SpreadsheetText} says. */
    SPREADSHEET
  }

  public ErrorFile(Header header, Form form) {
    this.form = form;
    this.header = header;
    this.errorColumns = new ErrorColumns(header);
    this.width = header.most() - errorColumns.positions().size();
  }

  /** The first line, behind a byte order mark where the input had one or a spreadsheet needs it. */
  public byte[] headerLine() {
    byte[] line = line(original(header.line()), Header.ERROR_ROW, Header.ERROR_MESSAGE);
    return Bytes.concat(
        form == Form.SPREADSHEET ? Text.byteOrderMark() : header.byteOrderMark(), line);
  }

  /** The line of a reject. */
  public byte[] line(byte[] raw, long row, String message) {
    return line(original(raw), Long.toString(row), message);
  }

  /**
   * The line of a reject that a person wrote anew, without the columns of an error file.
   *
   * @param fields of the record, not more than the header's
   */
  byte[] lineOfText(byte[] record, int fields, long row) {
    return line(filledUp(record, fields), Long.toString(row), "");
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
    return record.fault() == null
        ? errorColumns.in(new Fields(record)).originalRow()
        : originalRow(record.copy(0, (int) record.length()));
  }

  /** The same for a record that cannot be split into its columns, by its last bytes. */
  OptionalLong originalRow(byte[] end) {
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

  /** A record without what an error file added, and with as many fields as it has to have. */
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
   * A record that cannot be split into its columns: what an error file added to it is known by its
   * form, a number and a message of ours.
   */
  private byte[] withoutEnding(byte[] raw) {
    Ending ending = errorColumns.isEmpty() ? null : ending(raw);
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

  /** The texts of the fields of the record that was scanned last. */
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

    /** The record, whole at least up to a field, without that and one delimiter. */
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
