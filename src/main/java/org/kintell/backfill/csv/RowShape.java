package org.kintell.backfill.csv;

import java.util.List;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.kintell.backfill.row.Fault;
import org.kintell.backfill.row.Rule;
import org.kintell.backfill.row.WhiteSpace;

/**
 * How many fields a row must have. In a corrected error file, a row that could not be read before
 * is checked more closely: a spreadsheet may have made it look whole although nobody corrected it.
 */
public final class RowShape {

  private static final Pattern COUNTS = Pattern.compile("found (\\d{1,9})$");

  /** The row number that an error file adds, inside a field that swallowed it and the message. */
  private static final Pattern NUMBER_IN_FIELD =
      Pattern.compile("[,;\\t|]\\d{1,18}[,;\\t|]\"{0,2}");

  /** What a spreadsheet saves instead of bytes that are not UTF-8. */
  private static final String REPLACEMENT = "\uFFFD";

  private final Header header;
  private final int least;
  private final int most;
  private final ErrorColumns added;
  private final int expected;

  public RowShape(Header header) {
    this.header = header;
    least = header.width();
    most = header.most();
    added = new ErrorColumns(header);
    expected = least - added.positions().size();
  }

  /** The fault of a row as a whole, or null. */
  public Fault fault(List<String> cells) {
    int fields = fields(cells);
    if (added.isEmpty()) {
      return fields < least || fields > most ? mismatch(fields) : null;
    }
    ErrorColumns.Added ending = added.in(cells);
    if (ending.ending() >= 0) {
      int found = withoutBlank(cells, ending.ending(), expected);
      return found == expected ? stillUnreadable(cells, ending.message()) : mismatch(found);
    }
    if (fields != least) {
      return mismatch(fields - added.among(fields));
    }
    return stillUnreadable(cells, ending.message());
  }

  /** Does not count empty fields beyond the header's. */
  private int fields(List<String> cells) {
    return withoutBlank(cells, cells.size(), most);
  }

  /** How many of the first fields are left without blank ones at their end, but not fewer. */
  private static int withoutBlank(List<String> cells, int first, int fewest) {
    int fields = first;
    while (fields > fewest && WhiteSpace.isBlank(cells.get(fields - 1))) {
      fields--;
    }
    return fields;
  }

  private Fault mismatch(int found) {
    return Fault.of(Rule.COLUMN_COUNT, "expected " + expected + " found " + found);
  }

  private Fault stillUnreadable(List<String> cells, String message) {
    if (data(cells).anyMatch(RowShape::holdsMessage)) {
      return Fault.of(Rule.INVALID_QUOTING, "");
    }
    if (Rule.COLUMN_COUNT.begins(message)) {
      return stillShort(cells, message);
    }
    if (Rule.INVALID_UTF8.begins(message)) {
      OptionalInt field = data().filter(i -> cells.get(i).contains(REPLACEMENT)).findFirst();
      if (field.isPresent()) {
        return Fault.of(Rule.INVALID_UTF8, header.inColumn(field.getAsInt()));
      }
    }
    if (Rule.INVALID_QUOTING.begins(message)
        && data(cells).anyMatch(cell -> WhiteSpace.strip(cell).startsWith("\""))) {
      return Fault.of(Rule.INVALID_QUOTING, "");
    }
    return null;
  }

  /** Whether an unclosed quote swallowed what an error file added to its row. */
  private static boolean holdsMessage(String cell) {
    Matcher number = NUMBER_IN_FIELD.matcher(cell);
    while (number.find()) {
      if (Rule.startsMessageOfUnreadable(cell.substring(number.end()))) {
        return true;
      }
    }
    return false;
  }

  /** A row that had too few fields is still short while the fields that it lacked are empty. */
  private Fault stillShort(List<String> cells, String message) {
    Matcher counts = COUNTS.matcher(message);
    if (!counts.find()) {
      return null;
    }
    int found = Integer.parseInt(counts.group(1));
    return found < expected && data(cells).skip(found).allMatch(WhiteSpace::isBlank)
        ? mismatch(found)
        : null;
  }

  private Stream<String> data(List<String> cells) {
    return data().mapToObj(cells::get);
  }

  private IntStream data() {
    return IntStream.range(0, least).filter(field -> !added.contains(field));
  }
}
