package org.kintell.backfill.file;

import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import javax.xml.stream.XMLStreamException;
import org.kintell.backfill.csv.Header;
import org.kintell.backfill.csv.UnusableFileException;
import org.kintell.backfill.csv.UnusableFileException.Reason;
import org.kintell.backfill.row.Column;
import org.kintell.backfill.row.WhiteSpace;

/**
 * What the first filled rows of a sheet say about it. Rows may be sessions though the sheet cannot
 * be imported as it is: below a title, with a column of another name, or without a header.
 */
final class SheetBeginning {

  /** Rows that are looked at. */
  private static final int LOOKED_AT = 20;

  /** Rows that are read, empty ones counted. */
  private static final int READ = 10_000;

  /** The fewest columns of sessions. A list of values or users has fewer. */
  private static final long FEWEST_COLUMNS = Column.ALL.stream().filter(Column::isRequired).count();

  /** Of a participant and a volunteer. */
  private static final int ADDRESSES = 2;

  private static final Pattern ADDRESS = Pattern.compile("[^@\\s]+@[^@\\s]+\\.[^@\\s]+");

  /** Longest address, in characters. */
  private static final int LONGEST_ADDRESS = 320;

  private boolean filled;
  private boolean header;
  private int rowOfNames;
  private int rowOfSession;

  private SheetBeginning() {}

  /** Reads the first rows of a sheet. */
  static SheetBeginning of(SheetRows rows) throws XMLStreamException {
    SheetBeginning beginning = new SheetBeginning();
    rows.atMost(READ);
    for (int i = 0; i < LOOKED_AT && !beginning.holdsSessions(); i++) {
      List<String> cells = filled(rows);
      if (cells == null) {
        break;
      }
      beginning.add(cells, rows.number());
    }
    return beginning;
  }

  /**
   * The next row with a value, null at the end; a row that lacks results has values all the same.
   */
  private static List<String> filled(SheetRows rows) throws XMLStreamException {
    try {
      List<String> cells = rows.next();
      while (cells != null && cells.stream().allMatch(WhiteSpace::isBlank)) {
        cells = rows.next();
      }
      return cells;
    } catch (UnusableFileException e) {
      if (e.reason() == Reason.NOT_CSV) {
        return List.of();
      }
      throw e;
    }
  }

  private void add(List<String> cells, int number) {
    if (!filled && Header.namesColumns(cells)) {
      header = true;
      rowOfNames = number;
    } else if (rowOfNames > 0 || isSession(cells)) {
      rowOfSession = number;
    } else if (isMeantAsHeader(cells)) {
      rowOfNames = number;
    }
    filled = true;
  }

  private static boolean isMeantAsHeader(List<String> cells) {
    Set<String> known = Header.known(cells);
    return known.size() >= Header.FEWEST_KNOWN
        && (known.contains(Column.SESSION_ID.header()) || count(cells) >= FEWEST_COLUMNS);
  }

  private static boolean isSession(List<String> cells) {
    return count(cells) >= FEWEST_COLUMNS
        && cells.stream().filter(SheetBeginning::isAddress).count() >= ADDRESSES;
  }

  private static boolean isAddress(String cell) {
    String text = WhiteSpace.strip(cell);
    return text.length() <= LONGEST_ADDRESS && ADDRESS.matcher(text).matches();
  }

  private static long count(List<String> cells) {
    return cells.stream().filter(cell -> !WhiteSpace.isBlank(cell)).count();
  }

  /** Whether it can be imported: its first filled row names all columns. */
  boolean hasHeader() {
    return header;
  }

  /** Whether it has rows that are sessions, or are meant to be. */
  boolean holdsSessions() {
    return rowOfSession > 0;
  }

  boolean isFilled() {
    return filled;
  }

  /** What makes rows sessions that have no header above them, for a message; empty otherwise. */
  String observation(String sheet) {
    if (header || !holdsSessions()) {
      return "";
    }
    return rowOfNames > 0
        ? " Row %d of %s looks like a header.".formatted(rowOfNames, sheet)
        : " Row %d of %s looks like a session.".formatted(rowOfSession, sheet);
  }
}
