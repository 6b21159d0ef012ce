package org.kintell.backfill.csv;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.IntPredicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.kintell.backfill.csv.UnusableFileException.Reason;
import org.kintell.backfill.row.Column;

/**
 * The first record of a file: the position of each column, the delimiter and the line end.
 *
 * @param raw the record byte for byte, without byte order mark and line end
 * @param delimiter comma, semicolon or tab
 * @param lineEnd LF or CRLF
 * @param names of all columns, trimmed, lower-case
 */
public record Header(byte[] raw, char delimiter, String lineEnd, List<String> names) {

  /** Added by the error file; ignored on input, replaced in the error file of that input. */
  public static final String ERROR_ROW = "_error_row";

  public static final String ERROR_MESSAGE = "_error_message";

  private static final char[] DELIMITERS = {',', ';', '\t'};
  private static final byte[] BYTE_ORDER_MARK = {(byte) 0xef, (byte) 0xbb, (byte) 0xbf};

  /** Longest header, in bytes. */
  private static final int LONGEST = 1024 * 1024;

  /** The header of a file, and where its data begin. */
  public record At(Header header, long dataOffset) {

    /** How well the delimiter fits: the number of known columns it separates. */
    private long fit() {
      return known().filter(header.names::contains).count();
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
    refuseOtherFormats(head);
    int from = startsWith(head, BYTE_ORDER_MARK) ? BYTE_ORDER_MARK.length : 0;
    boolean empty = true;
    At found = null;
    for (char delimiter : DELIMITERS) {
      RecordScanner scanner =
          new RecordScanner(
              new ByteArrayInputStream(head, from, head.length - from), delimiter, from);
      if (scanner.next()) {
        empty = false;
        At candidate = candidate(scanner, delimiter);
        if (candidate != null && (found == null || candidate.fit() > found.fit())) {
          found = candidate;
        }
      }
    }
    if (empty) {
      throw new UnusableFileException(
          Reason.EMPTY, "The file is empty. Send a CSV file whose first line names the columns.");
    }
    if (found == null) {
      throw notCsv("Its first line cannot be read as a CSV header.");
    }
    found.header.check();
    return found;
  }

  /** The header from its stored parts. */
  public static Header of(byte[] raw, char delimiter, String lineEnd) {
    try {
      RecordScanner scanner = new RecordScanner(new ByteArrayInputStream(raw), delimiter, 0);
      scanner.next();
      return new Header(raw, delimiter, lineEnd, names(scanner));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * The header with this delimiter; null when it cannot be read with it, as when a quoted name is
   * followed by another delimiter.
   */
  private static At candidate(RecordScanner scanner, char delimiter) {
    if (scanner.fault() != null || scanner.hasNul() || scanner.nextOffset() == LONGEST) {
      return null;
    }
    byte[] raw = scanner.copy(0, (int) scanner.length());
    boolean crlf = scanner.nextOffset() - scanner.offset() - scanner.length() == 2;
    Header header = new Header(raw, delimiter, crlf ? "\r\n" : "\n", names(scanner));
    return new At(header, scanner.nextOffset());
  }

  private static List<String> names(RecordScanner scanner) {
    List<String> names = new ArrayList<>(scanner.fields());
    for (int i = 0; i < scanner.fields(); i++) {
      byte[] field = scanner.copy(scanner.fieldStart(i), scanner.fieldEnd(i));
      names.add(Text.of(field).toLowerCase(Locale.ROOT));
    }
    return List.copyOf(names);
  }

  /** Recognises by its first bytes what people upload by mistake. */
  private static void refuseOtherFormats(byte[] head) {
    Map<String, byte[]> formats =
        Map.of(
            "a ZIP archive or a spreadsheet", new byte[] {'P', 'K', 3, 4},
            "a PNG image", new byte[] {(byte) 0x89, 'P', 'N', 'G'},
            "a PDF document", new byte[] {'%', 'P', 'D', 'F'},
            "UTF-16 text", new byte[] {(byte) 0xff, (byte) 0xfe},
            "UTF-16 text (big-endian)", new byte[] {(byte) 0xfe, (byte) 0xff});
    formats.forEach(
        (format, magic) -> {
          if (startsWith(head, magic)) {
            throw notCsv("It looks like " + format + ".");
          }
        });
  }

  private static UnusableFileException notCsv(String observation) {
    return new UnusableFileException(
        Reason.NOT_CSV,
        "The file is not CSV in UTF-8. "
            + observation
            + " Send comma-separated text, or that gzipped.");
  }

  private static boolean startsWith(byte[] bytes, byte[] prefix) {
    return bytes.length >= prefix.length
        && Arrays.equals(bytes, 0, prefix.length, prefix, 0, prefix.length);
  }

  private void check() {
    if (!Text.isUtf8(raw)) {
      throw notCsv("Its first line is not valid UTF-8. Save the file as UTF-8.");
    }
    String repeated = namedTimes(times -> times > 1);
    String leaveOnce =
        repeated.isEmpty()
            ? ""
            : "The header names more than once: " + repeated + ". Leave each column only once.";
    String missing = namedTimes(times -> times == 0);
    if (!missing.isEmpty() && names.stream().anyMatch(name -> name.contains("\r"))) {
      throw notCsv("Its lines end with CR alone, so all of them are one. Save it with LF or CRLF.");
    }
    if (!missing.isEmpty()) {
      String allOf = known().collect(Collectors.joining(", "));
      throw new UnusableFileException(
          Reason.MISSING_COLUMNS,
          "The header lacks: %s. Its first line must name all of: %s. %s"
              .formatted(missing, allOf, leaveOnce)
              .strip());
    }
    if (!repeated.isEmpty()) {
      throw new UnusableFileException(Reason.REPEATED_COLUMNS, leaveOnce);
    }
  }

  /** The known columns that the header names this many times. */
  private String namedTimes(IntPredicate times) {
    return known()
        .filter(name -> times.test(Collections.frequency(names, name)))
        .collect(Collectors.joining(", "));
  }

  private static Stream<String> known() {
    return Arrays.stream(Column.values()).map(Column::header);
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
    Set<Integer> positions = new HashSet<>();
    for (int i = 0; i < names.size(); i++) {
      if (names.get(i).equals(ERROR_ROW) || names.get(i).equals(ERROR_MESSAGE)) {
        positions.add(i);
      }
    }
    return positions.stream().sorted(Comparator.reverseOrder()).toList();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Header that
        && Arrays.equals(raw, that.raw)
        && delimiter == that.delimiter
        && lineEnd.equals(that.lineEnd);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(raw);
  }

  @Override
  public String toString() {
    return new String(raw, StandardCharsets.UTF_8);
  }
}
