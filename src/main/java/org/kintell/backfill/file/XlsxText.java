package org.kintell.backfill.file;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;
import org.kintell.backfill.csv.UnusableFileException;

/** Texts in the XML of a workbook. */
final class XlsxText {

  /** How a character is written that XML cannot hold, such as a carriage return. */
  private static final Pattern ESCAPE = Pattern.compile("_x([0-9A-Fa-f]{4})_");

  private XlsxText() {}

  /** Appends the text of the element that begins here, up to its end. */
  static void append(XMLStreamReader xml, StringBuilder text) throws XMLStreamException {
    for (int depth = 1; depth > 0; ) {
      switch (xml.next()) {
        case XMLStreamConstants.START_ELEMENT -> depth++;
        case XMLStreamConstants.END_ELEMENT -> depth--;
        case XMLStreamConstants.CHARACTERS, XMLStreamConstants.CDATA, XMLStreamConstants.SPACE ->
            text.append(xml.getTextCharacters(), xml.getTextStart(), xml.getTextLength());
        default -> {}
      }
      if (text.length() > LONGEST) {
        throw Workbook.unreadable();
      }
    }
  }

  /** Longest text of a cell, in characters; programs allow 32,767. */
  private static final int LONGEST = 1024 * 1024;

  /**
   * A whole number in the XML.
   *
   * @throws UnusableFileException when it is none
   */
  static int number(String text) {
    try {
      return Integer.parseInt(text.strip());
    } catch (NumberFormatException e) {
      throw Workbook.unreadable();
    }
  }

  /** Skips the element that begins here. */
  static void skip(XMLStreamReader xml) throws XMLStreamException {
    for (int depth = 1; depth > 0; ) {
      int event = xml.next();
      depth += event == XMLStreamConstants.START_ELEMENT ? 1 : 0;
      depth -= event == XMLStreamConstants.END_ELEMENT ? 1 : 0;
    }
  }

  static String decoded(CharSequence text) {
    String raw = text.toString();
    return raw.contains("_x")
        ? ESCAPE
            .matcher(raw)
            .replaceAll(
                found ->
                    Matcher.quoteReplacement(
                        String.valueOf((char) Integer.parseInt(found.group(1), 16))))
        : raw;
  }
}
