package org.kintell.backfill.file;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;
import org.kintell.backfill.csv.Header;
import org.kintell.backfill.csv.UnusableFileException;
import org.kintell.backfill.csv.UnusableFileException.Reason;
import org.kintell.backfill.row.Column;

/** The rows of a sheet that hold something, one after the other. */
final class SheetRows {

  /** The last column of a sheet is XFD. */
  private static final int MOST_COLUMNS = 16_384;

  /** Columns whose values are texts, also where they look like numbers. */
  private static final Set<String> TEXTS =
      Set.of(Column.SESSION_ID.header(), Column.FEEDBACK_TEXT.header());

  /** Longest row, in characters: a cell can name a long shared text, and a row has many cells. */
  private static final int LONGEST_ROW = 16 * 1024 * 1024;

  /** Programs that only write workbooks leave out the results, which are not empty then. */
  private static final String UNCOMPUTED =
      "The workbook holds formulas whose results are not in it. Open it in a spreadsheet, save it, and"
          + " send it again.";

  private final XMLStreamReader xml;
  private final SharedTexts texts;
  private final CellFormats formats;
  private int number;
  private int left = Integer.MAX_VALUE;

  /** Columns of texts, from 0; null before the header was read. */
  private Set<Integer> textColumns;

  SheetRows(XMLStreamReader xml, SharedTexts texts, CellFormats formats) {
    this.xml = xml;
    this.texts = texts;
    this.formats = formats;
  }

  /** Ends after so many rows, empty ones counted. */
  SheetRows atMost(int rows) {
    left = rows;
    return this;
  }

  /**
   * The cells of the next row that is not empty, without empty ones at its end; null at the end.
   */
  List<String> next() throws XMLStreamException {
    while (left > 0 && xml.hasNext()) {
      if (xml.next() == XMLStreamConstants.START_ELEMENT && xml.getLocalName().equals("row")) {
        left--;
        String named = xml.getAttributeValue(null, "r");
        number = named == null ? number + 1 : XlsxText.number(named);
        List<String> cells = row();
        if (!cells.isEmpty()) {
          textColumns = textColumns == null ? textColumns(cells) : textColumns;
          return cells;
        }
      }
    }
    return null;
  }

  private static Set<Integer> textColumns(List<String> header) {
    Set<Integer> columns = new HashSet<>();
    for (int i = 0; i < header.size(); i++) {
      if (!Collections.disjoint(Header.known(List.of(header.get(i))), TEXTS)) {
        columns.add(i);
      }
    }
    return columns;
  }

  /** The number of the row that was read last, from 1. */
  int number() {
    return number;
  }

  private List<String> row() throws XMLStreamException {
    List<String> cells = new ArrayList<>();
    int column = 0;
    int characters = 0;
    while (true) {
      int event = xml.next();
      if (event == XMLStreamConstants.END_ELEMENT && xml.getLocalName().equals("row")) {
        return cells;
      }
      if (event == XMLStreamConstants.START_ELEMENT && xml.getLocalName().equals("c")) {
        column = column(xml.getAttributeValue(null, "r"), column);
        String text = cell(textColumns != null && textColumns.contains(column));
        characters += text.length();
        WorkbookParts.requireAtMost(LONGEST_ROW, characters);
        if (!text.isEmpty()) {
          while (cells.size() < column) {
            cells.add("");
          }
          cells.add(text);
        }
        column++;
      }
    }
  }

  /**
   * The column of a cell, from 0.
   *
   * @param reference such as {@code AB12}; null where the cell follows the one before
   */
  private static int column(String reference, int following) {
    if (reference == null) {
      return following;
    }
    int column = 0;
    String upper = reference.toUpperCase(Locale.ROOT);
    for (int i = 0; i < upper.length() && i < 4; i++) {
      char c = upper.charAt(i);
      if (c < 'A' || c > 'Z') {
        break;
      }
      column = 26 * column + (c - 'A' + 1);
    }
    if (column <= following || column > MOST_COLUMNS) {
      throw Workbook.unreadable();
    }
    return column - 1;
  }

  private String cell(boolean inTextColumn) throws XMLStreamException {
    String type = xml.getAttributeValue(null, "t");
    String style = xml.getAttributeValue(null, "s");
    StringBuilder value = new StringBuilder();
    boolean computed = false;
    while (true) {
      int event = xml.next();
      if (event == XMLStreamConstants.END_ELEMENT && xml.getLocalName().equals("c")) {
        if (computed && type == null && value.isEmpty()) {
          throw new UnusableFileException(Reason.NOT_CSV, UNCOMPUTED);
        }
        return text(type == null ? "n" : type, style, value, inTextColumn);
      }
      if (event == XMLStreamConstants.START_ELEMENT) {
        switch (xml.getLocalName()) {
          case "v", "t" -> XlsxText.append(xml, value);
          case "f" -> {
            computed = true;
            XlsxText.skip(xml);
          }
          case "rPh" -> XlsxText.skip(xml);
          default -> {}
        }
      }
    }
  }

  private String text(String type, String style, StringBuilder value, boolean inTextColumn) {
    if (value.isEmpty()) {
      return "";
    }
    return switch (type) {
      case "s" -> texts.get(value.toString());
      case "n" ->
          inTextColumn
              ? formats.shown(value.toString(), style)
              : formats.text(value.toString(), style);
      case "b" -> value.toString().strip().equals("1") ? "TRUE" : "FALSE";
      default -> XlsxText.decoded(value);
    };
  }
}
