package org.kintell.backfill.csv;

import java.util.List;
import java.util.OptionalLong;
import org.kintell.backfill.row.Rule;
import org.kintell.backfill.row.WhiteSpace;

/**
 * Where the rows of an error file that is sent again hold their row number and message: in the
 * columns of these names, or, in a record with too many or too few fields, in its last two. A
 * spreadsheet may have added empty fields behind them.
 */
public final class ErrorColumns {

  /** Enough digits for the row number of any file. */
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
   * @param ending the field where it begins at the end of the record; -1 where it stands in its
   *     columns
   * @param row text that may be a number
   * @param message text that may be a message
   */
  public record Added(int ending, String row, String message) {

    public OptionalLong originalRow() {
      return rowNumber(row);
    }
  }

  /** Whether the file is not an error file. */
  public boolean isEmpty() {
    return positions.isEmpty();
  }

  /** Their positions, descending. */
  public List<Integer> positions() {
    return positions;
  }

  public boolean contains(int field) {
    return field == row || field == message || positions.contains(field);
  }

  /** How many of the columns are among a record's first fields. */
  public int among(int fields) {
    return (int) positions.stream().filter(position -> position < fields).count();
  }

  public Added in(List<String> fields) {
    String rowField = text(fields, row);
    String messageField = text(fields, message);
    boolean inColumns =
        isNumber(rowField) && (messageField.isEmpty() || Rule.startsMessage(messageField));
    int last = fields.size() - 1;
    while (last > 0 && WhiteSpace.isBlank(fields.get(last))) {
      last--;
    }
    if (last > 0 && last != message && (last >= width || !inColumns)) {
      String number = WhiteSpace.strip(fields.get(last - 1));
      String text = WhiteSpace.strip(fields.get(last));
      if (isNumber(number) && Rule.startsMessageOfUnreadable(text)) {
        return new Added(last - 1, number, text);
      }
    }
    return new Added(-1, rowField, messageField);
  }

  private static String text(List<String> fields, int position) {
    return position < 0 || position >= fields.size() ? "" : WhiteSpace.strip(fields.get(position));
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
