package org.kintell.backfill.csv;

import com.google.common.primitives.Bytes;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.kintell.backfill.row.Column;

/**
 * The first record of a file: the position of each column, the delimiter and the line end.
 *
 * @param raw the record byte for byte, without line end, behind a byte order mark where the file
 *     has one
 * @param delimiter comma, semicolon, tab or vertical bar
 * @param lineEnd LF, CRLF or CR
 * @param names of all columns, as {@link ColumnNames} compares them
 */
public record Header(byte[] raw, char delimiter, String lineEnd, List<String> names) {

  /** Added by the error file; ignored on input, replaced in the error file of that input. */
  public static final String ERROR_ROW = "_error_row";

  public static final String ERROR_MESSAGE = "_error_message";

  /** So many known names make a row a header, though it lacks others. */
  public static final int FEWEST_KNOWN = 3;

  static final List<Character> DELIMITERS = List.of(',', ';', '\t', '|');

  /** A line in which Excel names the delimiter; other programs quote it or add delimiters. */
  private static final Pattern DELIMITER_LINE =
      Pattern.compile("\"?sep=[^\\r\\n]\"?[,;\\t| ]*(\\r\\n|\\n|\\r)", Pattern.CASE_INSENSITIVE);

  /** Longest such line, in bytes. */
  private static final int LONGEST_DELIMITER_LINE = 128;

  /** Longest header, in bytes. */
  private static final int LONGEST = 1024 * 1024;

  /** The header of a file, and where its data begin. */
  public record At(Header header, long dataOffset) {}

  /** A header with one of the delimiters. */
  private record Candidate(At at, HeaderRefusal refusal) {

    /** How well the delimiter fits: the number of known columns it separates, then of all. */
    private long fit() {
      List<String> names = at.header.names;
      return (long) LONGEST * ColumnNames.KNOWN.stream().filter(names::contains).count()
          + names.size();
    }
  }

  /**
   * Reads and checks the header of an unpacked file.
   *
   * @throws UnusableFileException when there is none, or columns are missing or repeated
   */
  public static At read(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      return read(in);
    }
  }

  /** Reads the header at the start of an open file, which stays open. */
  public static At read(InputStream in) throws IOException {
    byte[] head = in.readNBytes(LONGEST);
    Optional<String> otherFormat = ForeignFormat.ofBytes(head);
    if (otherFormat.isPresent()) {
      throw UnusableFileException.notCsv(otherFormat.get());
    }
    int mark = 0;
    while (Text.markLength(head, mark) > 0) {
      mark += Text.markLength(head, mark);
    }
    int from = mark + delimiterLine(head, mark);
    boolean empty = true;
    Candidate found = null;
    for (char delimiter : DELIMITERS) {
      RecordScanner scanner =
          new RecordScanner(
              new ByteArrayInputStream(head, from, head.length - from), delimiter, from);
      if (scanner.next()) {
        empty = false;
        Candidate candidate = candidate(head, mark > 0, scanner, delimiter);
        if (candidate != null && (found == null || candidate.fit() > found.fit())) {
          found = candidate;
        }
      }
    }
    if (empty) {
      throw UnusableFileException.empty();
    }
    if (found == null) {
      throw UnusableFileException.notCsv(
          (isOneLine(head)
                  ? "Its first line is longer than 1 MB, so it is no header. "
                  : "Its first line cannot be read as a CSV header. ")
              + HeaderRefusal.ofUnreadable(head, from));
    }
    found.refusal.check();
    return found.at;
  }

  /** Whether the longest header has no line end. */
  private static boolean isOneLine(byte[] head) {
    return head.length == LONGEST
        && Bytes.indexOf(head, (byte) '\n') < 0
        && Bytes.indexOf(head, (byte) '\r') < 0;
  }

  /** Whether a row names all columns. */
  public static boolean namesColumns(List<String> cells) {
    return known(cells).size() == ColumnNames.KNOWN.size();
  }

  /** The columns that a row names. */
  public static Set<String> known(List<String> cells) {
    Set<String> names = new HashSet<>(ColumnNames.normal(cells));
    names.retainAll(ColumnNames.KNOWN);
    return names;
  }

  /** The header from its stored parts. */
  public static Header of(byte[] raw, char delimiter, String lineEnd) {
    try {
      int mark = Text.markLength(raw, 0);
      RecordScanner scanner =
          new RecordScanner(new ByteArrayInputStream(raw, mark, raw.length - mark), delimiter, 0);
      scanner.next();
      return new Header(
          raw, delimiter, lineEnd, ColumnNames.normal(HeaderRefusal.written(scanner)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * The header with this delimiter; null when it cannot be read with it, as when a quoted name is
   * followed by another delimiter.
   */
  private static Candidate candidate(
      byte[] head, boolean marked, RecordScanner scanner, char delimiter) {
    if (scanner.fault() != null || scanner.hasNul() || scanner.nextOffset() == LONGEST) {
      return null;
    }
    int start = (int) scanner.offset();
    int end = start + (int) scanner.length();
    byte[] record = Arrays.copyOfRange(head, start, end);
    byte[] raw = marked ? Bytes.concat(Text.byteOrderMark(), record) : record;
    String lineEnd =
        new String(head, end, (int) scanner.nextOffset() - end, StandardCharsets.US_ASCII);
    List<String> written = HeaderRefusal.written(scanner);
    Header header =
        new Header(raw, delimiter, lineEnd.isEmpty() ? "\n" : lineEnd, ColumnNames.normal(written));
    return new Candidate(
        new At(header, scanner.nextOffset()),
        new HeaderRefusal(head, start, end, delimiter, written));
  }

  /** Bytes of the line that names the delimiter; 0 where there is none. */
  private static int delimiterLine(byte[] head, int from) {
    int length = Math.min(head.length - from, LONGEST_DELIMITER_LINE);
    Matcher line =
        DELIMITER_LINE.matcher(new String(head, from, length, StandardCharsets.ISO_8859_1));
    return line.lookingAt() ? line.end() : 0;
  }

  /** The record without the byte order mark. */
  public byte[] line() {
    return Arrays.copyOfRange(raw, byteOrderMark().length, raw.length);
  }

  /** The byte order mark of the file, empty where it has none. */
  public byte[] byteOrderMark() {
    return Text.startsWithMark(raw) ? Text.byteOrderMark() : new byte[0];
  }

  /** The fewest fields of a row: columns with empty names at the end may be left out. */
  public int width() {
    int width = names.size();
    while (width > 0 && names.get(width - 1).isEmpty()) {
      width--;
    }
    return width;
  }

  /**
   * The most fields of a row. In a corrected error file, a spreadsheet added the columns with empty
   * names at the end.
   */
  public int most() {
    return hasErrorColumns() ? width() : names.size();
  }

  private boolean hasErrorColumns() {
    return names.contains(ERROR_ROW) || names.contains(ERROR_MESSAGE);
  }

  /** Names the column of invalid UTF-8, for a message. */
  public String inColumn(int field) {
    String name = field < names.size() ? names.get(field) : "";
    return " in %s (check charset)".formatted(name.isEmpty() ? "column " + (field + 1) : name);
  }

  /** The position of a column, from 0. */
  public int position(Column column) {
    return names.indexOf(column.header());
  }

  /** Whether rows carry their row number in another file. */
  public boolean hasErrorRow() {
    return names.contains(ERROR_ROW);
  }

  /** Positions, descending, of the columns that an earlier error file added. */
  List<Integer> errorColumns() {
    return IntStream.range(0, names.size())
        .filter(i -> names.get(i).equals(ERROR_ROW) || names.get(i).equals(ERROR_MESSAGE))
        .boxed()
        .sorted(Comparator.reverseOrder())
        .toList();
  }

  @Override
  public String toString() {
    return new String(line(), StandardCharsets.UTF_8);
  }
}
