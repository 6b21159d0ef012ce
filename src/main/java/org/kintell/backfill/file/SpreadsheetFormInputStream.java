package org.kintell.backfill.file;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.kintell.backfill.csv.BlockInputStream;
import org.kintell.backfill.csv.Header;
import org.kintell.backfill.csv.SpreadsheetText;
import org.kintell.backfill.csv.Text;

/**
 * An error file in the form for spreadsheets, without the apostrophes that {@link SpreadsheetText}
 * added to it. That form is known by the apostrophe before the names of its two columns: what a
 * spreadsheet does to apostrophes, it does to these too. Any other byte stays as it is.
 */
final class SpreadsheetFormInputStream extends BlockInputStream {

  private static final int BUFFER = 64 * 1024;

  /** Bytes that decide about an apostrophe. */
  private static final int AHEAD = SpreadsheetText.MOST_APOSTROPHES + 64;

  /** The first line, or the second behind one that names the delimiter. */
  private static final Pattern MARKED =
      Pattern.compile(
          "(?:\u00ef\u00bb\u00bf)*(?:\"?sep=[^\\r\\n]*(?:\\r\\n|\\n|\\r))?"
              + "(?:[^\\r\\n]*([,;\\t|]))?\"?'(?:%s|%s)\"?(?:([,;\\t|])|[\\r\\n]|\\z)"
                  .formatted(Header.ERROR_ROW, Header.ERROR_MESSAGE),
          Pattern.CASE_INSENSITIVE);

  private static final byte[] MARK = "'_error_".getBytes(StandardCharsets.US_ASCII);

  private final InputStream in;
  private final byte delimiter;
  private final byte[] buffer = new byte[BUFFER];
  private int position;
  private int end;
  private boolean ended;

  /** Whether a spreadsheet may see a cell begin here; whether a field begins here. */
  private boolean begins = true;

  private boolean fieldBegins = true;

  private boolean inQuotes;

  /** Whether the last byte was a quote that closed a field, or is the first of two. */
  private boolean afterQuote;

  /** Whether the names of the columns are still to come, or are on this line. */
  private boolean inHeader = true;

  private boolean foundName;

  private SpreadsheetFormInputStream(InputStream in, char delimiter) {
    this.in = in;
    this.delimiter = (byte) delimiter;
  }

  /** A file in UTF-8 as it is, or, in the form for spreadsheets, without its apostrophes. */
  static InputStream exact(InputStream file) throws IOException {
    BufferedInputStream in = new BufferedInputStream(file, BUFFER);
    try {
      in.mark(BUFFER);
      String start = new String(in.readNBytes(BUFFER), StandardCharsets.ISO_8859_1);
      in.reset();
      Matcher marked = MARKED.matcher(start);
      if (!marked.lookingAt()) {
        return in;
      }
      String delimiter = marked.group(1) == null ? marked.group(2) : marked.group(1);
      return new SpreadsheetFormInputStream(in, delimiter == null ? ',' : delimiter.charAt(0));
    } catch (IOException | RuntimeException | Error e) {
      in.close();
      throw e;
    }
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    int written = 0;
    while (written < length && hasNext()) {
      if (begins && buffer[position] == '\'' && isAdded()) {
        position++;
      }
      byte b = buffer[position++];
      note(b);
      target[offset + written++] = b;
    }
    return written == 0 && length > 0 ? -1 : written;
  }

  /** Makes sure that what decides about the next byte is in the buffer. */
  private boolean hasNext() throws IOException {
    while (end - position < AHEAD && !ended) {
      System.arraycopy(buffer, position, buffer, 0, end - position);
      end -= position;
      position = 0;
      int count = in.read(buffer, end, buffer.length - end);
      ended = count < 0;
      end += Math.max(count, 0);
    }
    return position < end;
  }

  private boolean isAdded() {
    if (inHeader && isMark()) {
      foundName = true;
      return true;
    }
    int first = SpreadsheetText.behindApostrophes(buffer, position, end);
    return SpreadsheetText.beginsFormula(buffer, first, end)
        && buffer[first] != delimiter
        && (buffer[first] != '\r' || inQuotes);
  }

  private boolean isMark() {
    boolean same = end - position >= MARK.length;
    for (int i = 0; same && i < MARK.length; i++) {
      byte b = buffer[position + i];
      same = (b >= 'A' && b <= 'Z' ? b + ('a' - 'A') : b) == MARK[i];
    }
    return same;
  }

  private void note(byte b) {
    if (isByteOrderMark(b)) {
      return;
    }
    begins = SpreadsheetText.cellMayBeginAfter(b, begins);
    if (inQuotes) {
      inQuotes = b != '"';
      afterQuote = !inQuotes;
      return;
    }
    inQuotes = b == '"' && (fieldBegins || afterQuote);
    afterQuote = false;
    boolean lineEnds = b == '\n' || b == '\r';
    fieldBegins = b == delimiter || lineEnds;
    inHeader &= !(foundName && lineEnds);
  }

  /** Whether a byte is part of a mark at the start, behind which the first cell begins. */
  private boolean isByteOrderMark(byte b) {
    return begins && fieldBegins && !foundName && inHeader && isMarkByte(b);
  }

  private static boolean isMarkByte(byte b) {
    for (byte mark : Text.byteOrderMark()) {
      if (b == mark) {
        return true;
      }
    }
    return false;
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
