package org.kintell.backfill.file;

import java.math.BigDecimal;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/** What the numbers of a workbook mean: dates are numbers too, told only by their format. */
final class CellFormats {

  private static final DateTimeFormatter SECONDS =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss", Locale.ROOT);
  private static final DateTimeFormatter MILLIS =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS", Locale.ROOT);

  private static final long MILLIS_A_DAY = 86_400_000;

  /** Day 0. Excel believes in a 29 February 1900, so days before March 1900 are one off. */
  private static final LocalDateTime SINCE_1900 = LocalDateTime.of(1899, 12, 30, 0, 0);

  private static final LocalDateTime SINCE_1904 = LocalDateTime.of(1904, 1, 1, 0, 0);
  private static final double MARCH_1900 = 61;

  /** The day after 9999-12-31, since 1900. */
  private static final double LAST_DAY = 2_958_466;

  private enum Kind {
    NUMBER,
    DATE,
    DATE_TIME,
    TIME
  }

  private final boolean since1904;
  private final Map<Integer, Kind> kinds = new HashMap<>();
  private final List<Kind> styles = new ArrayList<>();

  CellFormats(boolean since1904) {
    this.since1904 = since1904;
  }

  void read(XMLStreamReader xml) throws XMLStreamException {
    boolean ofCells = false;
    while (xml.hasNext()) {
      int event = xml.next();
      if (event == XMLStreamConstants.END_ELEMENT && xml.getLocalName().equals("cellXfs")) {
        ofCells = false;
      } else if (event == XMLStreamConstants.START_ELEMENT) {
        switch (xml.getLocalName()) {
          case "numFmt" -> kinds.put(number(xml, "numFmtId"), kind(code(xml)));
          case "cellXfs" -> ofCells = true;
          case "xf" -> {
            if (ofCells) {
              int format = number(xml, "numFmtId");
              styles.add(kinds.getOrDefault(format, builtIn(format)));
            }
          }
          default -> {}
        }
      }
    }
  }

  private static String code(XMLStreamReader xml) {
    String code = xml.getAttributeValue(null, "formatCode");
    return code == null ? "" : code;
  }

  private static int number(XMLStreamReader xml, String attribute) {
    return number(xml.getAttributeValue(null, attribute));
  }

  private static int number(String text) {
    return text == null ? 0 : XlsxText.number(text);
  }

  /** The formats that have a number only, some of them in Eastern Asia. */
  private static Kind builtIn(int format) {
    if (format == 22) {
      return Kind.DATE_TIME;
    }
    if ((format >= 18 && format <= 21) || (format >= 45 && format <= 47)) {
      return Kind.TIME;
    }
    boolean date =
        (format >= 14 && format <= 17)
            || (format >= 27 && format <= 36)
            || (format >= 50 && format <= 58);
    return date ? Kind.DATE : Kind.NUMBER;
  }

  private static Kind kind(String code) {
    String letters =
        code.toLowerCase(Locale.ROOT)
            .replaceAll("\"[^\"]*\"|\\\\.|_.|\\*.", "")
            .replaceAll("\\[(?!h+\\]|m+\\]|s+\\])[^\\[\\]]*+\\]", "");
    int end = letters.indexOf(';');
    String first = end < 0 ? letters : letters.substring(0, end);
    if (first.contains("general")) {
      return Kind.NUMBER;
    }
    boolean time = first.contains("h") || first.contains("s");
    boolean date = first.contains("y") || first.contains("d") || (!time && first.contains("m"));
    if (date) {
      return time ? Kind.DATE_TIME : Kind.DATE;
    }
    return time ? Kind.TIME : Kind.NUMBER;
  }

  /**
   * A number as text: a date in ISO 8601 without offset, a whole number without a point.
   *
   * @param style of the cell, or null
   */
  String text(String value, String style) {
    double number;
    try {
      number = Double.parseDouble(value.strip());
    } catch (NumberFormatException e) {
      return value;
    }
    int index = number(style);
    Kind kind =
        style == null || index >= styles.size() || index < 0 ? Kind.NUMBER : styles.get(index);
    if (kind == Kind.NUMBER || !(number >= 0 && number < LAST_DAY)) {
      return plain(number, value);
    }
    long millis = Math.round(number * MILLIS_A_DAY);
    LocalDateTime zero = since1904 ? SINCE_1904 : SINCE_1900;
    boolean early = !since1904 && number < MARCH_1900;
    LocalDateTime time = zero.plusDays(early ? 1 : 0).plus(millis, ChronoUnit.MILLIS);
    boolean midnight = millis % MILLIS_A_DAY == 0;
    return switch (kind) {
      case TIME -> number < 1 ? time.toLocalTime().toString() : text(time);
      case DATE -> midnight ? time.toLocalDate().toString() : text(time);
      default -> text(time);
    };
  }

  private static String text(LocalDateTime time) {
    return (time.getNano() == 0 ? SECONDS : MILLIS).format(time);
  }

  /** Without the digits that only a binary fraction has, and without an exponent. */
  private static String plain(double number, String value) {
    return Math.abs(number) < 1e30
        ? BigDecimal.valueOf(number).stripTrailingZeros().toPlainString()
        : value;
  }
}
