package org.kintell.backfill.file;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;
import org.kintell.backfill.csv.UnusableFileException;
import org.kintell.backfill.csv.UnusableFileException.Reason;

/** The texts of a workbook that its cells name by number. */
final class SharedTexts {

  /** Most of them, in bytes of UTF-8 and of their places. */
  static final int MOST_BYTES = 64 * 1024 * 1024;

  private static final int BYTES_OF_A_PLACE = Integer.BYTES;

  private final Store texts = new Store();
  private int[] ends = new int[1024];
  private int count;

  /** Its array, without a copy. */
  private static final class Store extends ByteArrayOutputStream {
    String text(int from, int to) {
      return new String(buf, from, to - from, StandardCharsets.UTF_8);
    }
  }

  void read(XMLStreamReader xml) throws XMLStreamException {
    StringBuilder text = new StringBuilder();
    while (xml.hasNext()) {
      int event = xml.next();
      if (event == XMLStreamConstants.START_ELEMENT) {
        switch (xml.getLocalName()) {
          case "si" -> text.setLength(0);
          case "t" -> XlsxText.append(xml, text);
          case "rPh" -> XlsxText.skip(xml);
          default -> {}
        }
      } else if (event == XMLStreamConstants.END_ELEMENT && xml.getLocalName().equals("si")) {
        add(XlsxText.decoded(text));
      }
    }
  }

  private void add(String text) {
    texts.writeBytes(text.getBytes(StandardCharsets.UTF_8));
    if (count == ends.length) {
      ends = Arrays.copyOf(ends, 2 * count);
    }
    ends[count++] = texts.size();
    if ((long) texts.size() + (long) BYTES_OF_A_PLACE * count > MOST_BYTES) {
      throw new UnusableFileException(
          Reason.TOO_LARGE,
          "The workbook holds more than 64 MB of text. Save the sheet as \"CSV UTF-8\" and send that.");
    }
  }

  /**
   * @throws UnusableFileException when there is none of that number
   */
  String get(String number) {
    int index = XlsxText.number(number);
    if (index < 0 || index >= count) {
      throw Workbook.unreadable();
    }
    return texts.text(index == 0 ? 0 : ends[index - 1], ends[index]);
  }
}
