package org.kintell.backfill.file;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
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

  private record Format(Kind kind, Optional<DigitFormat> digits) {}

  private static final Format PLAIN = new Format(Kind.NUMBER, Optional.empty());
  private static final Format DATE = new Format(Kind.DATE, Optional.empty());
  private static final Format DATE_TIME = new Format(Kind.DATE_TIME, Optional.empty());
  private static final Format TIME = new Format(Kind.TIME, Optional.empty());

  /** Excel allows 65,490 formats of cells. */
  private static final int MOST_STYLES = 100_000;

  /** Excel allows some hundred formats of numbers. */
  private static final int MOST_FORMATS = 10_000;

  /** Longest code of a format, in characters; Excel allows 255. */
  private static final int LONGEST_CODE = 1024;

  /** Excel shows no more, and computes with a binary fraction that has more. */
  private static final MathContext DIGITS = new MathContext(15, RoundingMode.HALF_UP);

  /** Larger numbers stay as they are written. */
  private static final double MOST_PLAIN = 1e30;

  private final boolean since1904;
  private final Map<Integer, Format> formats = new HashMap<>();
  private final List<Format> styles = new ArrayList<>();

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
          case "numFmt" -> {
            String code = code(xml);
            formats.put(number(xml, "numFmtId"), new Format(kind(code), DigitFormat.of(code)));
            WorkbookParts.requireAtMost(MOST_FORMATS, formats.size());
          }
          case "cellXfs" -> ofCells = true;
          case "xf" -> {
            if (ofCells) {
              int format = number(xml, "numFmtId");
              Format named = formats.get(format);
              styles.add(named == null ? builtIn(format) : named);
              WorkbookParts.requireAtMost(MOST_STYLES, styles.size());
            }
          }
          default -> {}
        }
      }
    }
  }

  private static String code(XMLStreamReader xml) {
    String code = xml.getAttributeValue(null, "formatCode");
    if (code == null) {
      return "";
    }
    WorkbookParts.requireAtMost(LONGEST_CODE, code.length());
    return code;
  }

  private static int number(XMLStreamReader xml, String attribute) {
    return number(xml.getAttributeValue(null, attribute));
  }

  private static int number(String text) {
    return text == null ? 0 : XlsxText.number(text);
  }

  /** The formats that have a number only, some of them in Eastern Asia. */
  private static Format builtIn(int format) {
    if (format == 22) {
      return DATE_TIME;
    }
    if ((format >= 18 && format <= 21) || (format >= 45 && format <= 47)) {
      return TIME;
    }
    boolean date =
        (format >= 14 && format <= 17)
            || (format >= 27 && format <= 36)
            || (format >= 50 && format <= 58);
    return date ? DATE : PLAIN;
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
    Kind kind = format(style).kind;
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

  /** A number in a column of texts: with the zeros and texts that its format adds. */
  String shown(String value, String style) {
    String text = text(value, style);
    Optional<DigitFormat> digits = format(style).digits;
    return digits.isPresent() && text.length() <= DIGITS.getPrecision() && isDigits(text)
        ? digits.get().text(text)
        : text;
  }

  private static boolean isDigits(String text) {
    return text.chars().allMatch(c -> c >= '0' && c <= '9');
  }

  private Format format(String style) {
    int index = number(style);
    return style == null || index >= styles.size() || index < 0 ? PLAIN : styles.get(index);
  }

  private static String text(LocalDateTime time) {
    return (time.getNano() == 0 ? SECONDS : MILLIS).format(time);
  }

  /**
   * Without the digits that only a binary fraction has, and without an exponent. A whole number
   * keeps all digits: it may be an id.
   */
  private static String plain(double number, String value) {
    if (!(Math.abs(number) < MOST_PLAIN)) {
      return value;
    }
    BigDecimal decimal = BigDecimal.valueOf(number);
    boolean whole = number == Math.rint(number);
    return (whole ? decimal : decimal.round(DIGITS)).stripTrailingZeros().toPlainString();
  }
}
