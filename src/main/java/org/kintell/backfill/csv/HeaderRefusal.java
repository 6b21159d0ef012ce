package org.kintell.backfill.csv;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.IntPredicate;
import java.util.stream.Collectors;
import org.kintell.backfill.csv.UnusableFileException.Reason;
import org.kintell.backfill.row.Column;
import org.kintell.backfill.row.Visible;

/**
 * Checks the names in a header. A refusal shows the line that was read, and what its sender most
 * probably did, so that the file can be fixed at once.
 *
 * @param head the first bytes of the file, at least the header
 * @param start where the header begins in them
 * @param end where its line ends
 */
record HeaderRefusal(byte[] head, int start, int end, char delimiter, List<String> written) {

  /** Longest part of the line that is shown, in characters. */
  private static final int SHOWN = 200;

  /** Longest part of another line that is looked at, in bytes. */
  private static final int LONGEST_LINE = 1024;

  /** Records behind the first that may be the header. */
  private static final int LOOKED_AT = 20;

  private static final String NOT_SEPARATED =
      "The names are not separated by a comma, a semicolon, a tab or |: save the file with one of"
          + " these.";

  private static final List<String> COLUMNS_WITHOUT_VALUES =
      Column.ALL.stream().filter(column -> !column.isRequired()).map(Column::header).toList();

  /** The names as they stand in a header, for the text of a refusal. */
  static List<String> written(RecordScanner scanner) {
    List<String> names = new ArrayList<>(scanner.fields());
    for (int i = 0; i < scanner.fields(); i++) {
      names.add(Text.of(scanner.copy(scanner.fieldStart(i), scanner.fieldEnd(i))));
    }
    return names;
  }

  /**
   * What is wrong with a first line that cannot be split into names with any delimiter.
   *
   * @param from where the line begins, or blank lines before it
   */
  static String ofUnreadable(byte[] head, int from) {
    int start = from;
    while (start < head.length && (head[start] == '\n' || head[start] == '\r')) {
      start++;
    }
    int end = start;
    while (end < head.length && head[end] != '\n' && head[end] != '\r') {
      end++;
    }
    HeaderRefusal refusal = new HeaderRefusal(head, start, end, ',', List.of());
    return ForeignFormat.ofText(head).orElseGet(refusal::hintOfUnreadable) + " " + refusal.shown();
  }

  private String hintOfUnreadable() {
    String text = new String(line(), StandardCharsets.UTF_8).toLowerCase(Locale.ROOT);
    if (ColumnNames.KNOWN.stream().filter(text::contains).count() < Header.FEWEST_KNOWN) {
      return "Send comma-separated text, or that gzipped.";
    }
    return Header.DELIMITERS.stream().noneMatch(delimiter -> text.indexOf(delimiter) >= 0)
        ? NOT_SEPARATED
        : "Something other than a delimiter follows a closing quote in it, or a quote is not closed.";
  }

  /**
   * Checks that each column is named once.
   *
   * @throws UnusableFileException when it is not
   */
  void check() throws IOException {
    if (!Text.isUtf8(line())) {
      throw UnusableFileException.notCsv(
          ForeignFormat.ofBinary(head)
                  .orElse(
                      "Its first line is not valid UTF-8. Save the file as UTF-8, or name its charset in"
                          + " charset, such as charset=windows-1252.")
              + " "
              + shown());
    }
    Optional<String> drawn = ForeignFormat.ofLineBelow(lineBelow());
    if (drawn.isPresent()) {
      throw UnusableFileException.notCsv(drawn.get() + " " + shown());
    }
    String repeated = namedTimes(times -> times > 1);
    String leaveOnce =
        repeated.isEmpty()
            ? ""
            : "The header names more than once: " + repeated + ". Leave each column only once. ";
    List<String> missing = named(times -> times == 0);
    if (!missing.isEmpty()) {
      throw new UnusableFileException(
          Reason.MISSING_COLUMNS, lacking(missing) + leaveOnce + shown());
    }
    if (!repeated.isEmpty()) {
      throw new UnusableFileException(Reason.REPEATED_COLUMNS, leaveOnce + shown());
    }
  }

  /** What to do and which names are needed, each name once. */
  private String lacking(List<String> missing) throws IOException {
    String names = String.join(", ", missing);
    return missing.equals(ColumnNames.KNOWN)
        ? hint(missing) + "The first line must name all of: " + names + ". "
        : "The header lacks: " + names + ". " + hint(missing);
  }

  private byte[] line() {
    return Arrays.copyOfRange(head, start, end);
  }

  /** The start of what follows the header, up to the next line end. */
  private String lineBelow() {
    int from = Math.min(end, head.length);
    String rest =
        new String(
            head, from, Math.min(head.length - from, LONGEST_LINE), StandardCharsets.ISO_8859_1);
    return rest.stripLeading().lines().findFirst().orElse("");
  }

  private String shown() {
    String line = new String(line(), StandardCharsets.UTF_8).replace('\t', ' ');
    String visible = Visible.of(line, SHOWN);
    return "The line that was read as header: " + visible;
  }

  /** The known columns that the header names this many times. */
  private List<String> named(IntPredicate times) {
    List<String> names = ColumnNames.normal(written);
    return ColumnNames.KNOWN.stream()
        .filter(name -> times.test(Collections.frequency(names, name)))
        .toList();
  }

  private String namedTimes(IntPredicate times) {
    return String.join(", ", named(times));
  }

  private String hint(List<String> missing) throws IOException {
    Optional<String> format = ForeignFormat.ofText(head);
    if (format.isPresent()) {
      return format.get() + " ";
    }
    if (ColumnNames.KNOWN.size() - missing.size() < Header.FEWEST_KNOWN) {
      int line = lineOfHeader();
      if (line > 0) {
        return "Line %d looks like the header: delete the lines above it. ".formatted(line);
      }
      String text = new String(line(), StandardCharsets.UTF_8).toLowerCase(Locale.ROOT);
      if (ColumnNames.KNOWN.stream().filter(text::contains).count() >= Header.FEWEST_KNOWN) {
        if (written.size() < Header.FEWEST_KNOWN) {
          return written.size() == 1 && text.startsWith("\"")
              ? "The whole line is in quotes, so it is one column: remove the outer quotes. "
              : NOT_SEPARATED + " ";
        }
        if (begin("\"") >= Header.FEWEST_KNOWN) {
          return "A space stands between the delimiter and the quote: remove these spaces. ";
        }
        if (begin("'`´‘’“”«»„") >= Header.FEWEST_KNOWN) {
          return "The names stand in other quotes than \": remove them, or save the file with \". ";
        }
      }
      if (written.stream()
          .anyMatch(name -> name.matches("[^@\\s]++@[^@\\s][^@\\s.]*+\\.[^@\\s]++"))) {
        return "The first line looks like a row of data: add a line with the names above it. ";
      }
    }
    return meant(missing);
  }

  /** How many names begin with one of these. */
  private long begin(String quotes) {
    return written.stream()
        .filter(name -> !name.isEmpty() && quotes.indexOf(name.charAt(0)) >= 0)
        .count();
  }

  /** Which names probably mean the missing columns. */
  private String meant(List<String> missing) {
    List<String> others =
        new ArrayList<>(
            written.stream()
                .filter(name -> !ColumnNames.KNOWN.contains(ColumnNames.normal(name)))
                .toList());
    List<String> renames = new ArrayList<>();
    for (String column : missing) {
      ColumnNames.meant(column, others)
          .ifPresent(
              name -> {
                others.remove(name);
                renames.add("\"%s\" to %s".formatted(Visible.of(name, SHOWN), column));
              });
    }
    boolean optional = COLUMNS_WITHOUT_VALUES.containsAll(missing);
    return renames.isEmpty()
        ? optional ? "Empty columns will do for these. " : ""
        : renames.stream().collect(Collectors.joining(", ", "Probably rename ", ". "));
  }

  /** The number of a later line that names columns, from 1; 0 where there is none. */
  private int lineOfHeader() throws IOException {
    RecordScanner scanner =
        new RecordScanner(
            new ByteArrayInputStream(head, start, head.length - start), delimiter, start);
    for (int i = 0; i < LOOKED_AT && scanner.next(); i++) {
      for (char other : Header.DELIMITERS) {
        byte[] line = scanner.copy(0, (int) Math.min(scanner.length(), head.length));
        if (i > 0 && known(line, other) >= Header.FEWEST_KNOWN) {
          return lineNumber((int) scanner.offset());
        }
      }
    }
    return 0;
  }

  private static long known(byte[] line, char delimiter) throws IOException {
    RecordScanner scanner = new RecordScanner(new ByteArrayInputStream(line), delimiter, 0);
    return scanner.next() && scanner.fault() == null
        ? written(scanner).stream()
            .map(ColumnNames::normal)
            .filter(ColumnNames.KNOWN::contains)
            .count()
        : 0;
  }

  private int lineNumber(int offset) {
    int line = 1;
    for (int i = 0; i < offset; i++) {
      boolean crlf = head[i] == '\r' && i + 1 < head.length && head[i + 1] == '\n';
      line += head[i] == '\n' || (head[i] == '\r' && !crlf) ? 1 : 0;
    }
    return line;
  }
}
