package org.kintell.backfill.csv;

import com.google.common.base.Utf8;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.kintell.backfill.row.WhiteSpace;

/** Reads the text of a field from its bytes, and writes a field. */
public final class Text {

  private static final byte[] BYTE_ORDER_MARK = {(byte) 0xef, (byte) 0xbb, (byte) 0xbf};

  private Text() {}

  /** The byte order mark of UTF-8. */
  public static byte[] byteOrderMark() {
    return BYTE_ORDER_MARK.clone();
  }

  public static boolean startsWithMark(byte[] bytes) {
    return markLength(bytes, 0) > 0;
  }

  /** Bytes of the mark at a place; 0 where there is none. */
  static int markLength(byte[] bytes, int from) {
    int to = from + BYTE_ORDER_MARK.length;
    return bytes.length >= to
            && Arrays.equals(bytes, from, to, BYTE_ORDER_MARK, 0, BYTE_ORDER_MARK.length)
        ? BYTE_ORDER_MARK.length
        : 0;
  }

  public static boolean isUtf8(byte[] bytes) {
    return Utf8.isWellFormed(bytes);
  }

  /** A field without its quotes and the white space around it. */
  public static String of(byte[] field) {
    return of(field, 0, field.length);
  }

  /** The same for a field within a record. */
  public static String of(byte[] record, int from, int to) {
    String text = new String(record, from, to - from, StandardCharsets.UTF_8);
    if (text.length() >= 2 && text.charAt(0) == '"') {
      text = text.substring(1, text.length() - 1).replace("\"\"", "\"");
    }
    return WhiteSpace.strip(text);
  }

  /** A field that holds a text, in quotes if it needs them. */
  public static String quoted(String text, char delimiter) {
    boolean plain =
        text.chars().noneMatch(c -> c == delimiter || c == '"' || c == '\n' || c == '\r');
    return plain ? text : '"' + text.replace("\"", "\"\"") + '"';
  }
}
