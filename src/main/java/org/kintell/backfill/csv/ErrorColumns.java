package org.kintell.backfill.csv;

import java.util.List;
import java.util.OptionalLong;
import org.kintell.backfill.row.Rule;

/**
 * Where a file that was an error file has the row numbers and messages: in the columns of these
 * names, wherever they are. In a record of too many or too few fields they are its last two; a
 * spreadsheet may have added empty ones behind them.
 */
public final class ErrorColumns {

  /** No file has more rows than this has digits. */
  private static final int LONGEST_NUMBER = 18;

  private final List<Integer> positions;
  private final int row;
  private final int message;
  private final int width;

  public ErrorColumns(Header header) {
    positions = header.errorColumns();
    row = header.names().indexOf(Header.ERROR_ROW);
    message = header.names().indexOf(Header.ERROR_MESSAGE);
    width = header.width();
  }

  /**
   * What an error file added to a record.
   *
   * @param ending the field from which on it is all that the record holds; -1 where it stands in
   *     its columns
   * @param row text that may be a number
   * @param message text that may be a message
   */
  public record Added(int ending, String row, String message) {

    public OptionalLong originalRow() {
      return rowNumber(row);
    }
  }

  /** Whether the file was no error file. */
  public boolean isEmpty() {
    return positions.isEmpty();
  }

  /** Their positions, descending. */
  public List<Integer> positions() {
    return positions;
  }

  boolean contains(int field) {
    return field == row || field == message || positions.contains(field);
  }

  /** How many of a record's first fields are theirs. */
  public int among(int fields) {
    return (int) positions.stream().filter(position -> position < fields).count();
  }

  public Added in(List<String> fields) {
    String rowField = text(fields, row);
    String messageField = text(fields, message);
    boolean inColumns =
        isNumber(rowField) && (messageField.isEmpty() || Rule.startsMessage(messageField));
    int last = fields.size() - 1;
    while (last > 0 && fields.get(last).isBlank()) {
      last--;
    }
    if (last > 0 && last != message && (last >= width || !inColumns)) {
      String number = fields.get(last - 1).strip();
      String text = fields.get(last).strip();
      if (isNumber(number) && Rule.startsMessageOfUnreadable(text)) {
        return new Added(last - 1, number, text);
      }
    }
    return new Added(-1, rowField, messageField);
  }

  private static String text(List<String> fields, int position) {
    return position < 0 || position >= fields.size() ? "" : fields.get(position).strip();
  }

  public static boolean isNumber(String text) {
    return !text.isEmpty() && text.chars().allMatch(c -> c >= '0' && c <= '9');
  }

  public static OptionalLong rowNumber(String text) {
    return isNumber(text) && text.length() <= LONGEST_NUMBER
        ? OptionalLong.of(Long.parseLong(text))
        : OptionalLong.empty();
  }
}
