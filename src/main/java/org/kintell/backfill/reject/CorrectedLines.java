package org.kintell.backfill.reject;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.kintell.backfill.csv.Header;
import org.kintell.backfill.csv.RecordScanner;
import org.kintell.backfill.reject.Corrections.Replacement;
import org.kintell.backfill.reject.Corrections.Row;
import org.kintell.backfill.reject.RejectLines.StoredReject;
import org.kintell.backfill.row.Rule;

/** Applies corrections to rejects. Unchanged cells keep their bytes. */
final class CorrectedLines {

  private final Header header;
  private final ErrorFile format;
  private final RejectColumns columns;
  private final Map<Long, Row> rows = new HashMap<>();
  private final Map<Integer, Map<String, String>> rules = new HashMap<>();
  private final Set<Long> leftOut;
  private final Set<Long> found = new HashSet<>();
  private long changed;

  CorrectedLines(Header header, Corrections corrections) {
    this.header = header;
    this.format = new ErrorFile(header, ErrorFile.Form.EXACT);
    this.columns = new RejectColumns(header);
    this.leftOut = corrections.leaveOut();
    for (Row row : corrections.rows()) {
      if (row.fields() != null) {
        row.fields().keySet().forEach(this::field);
      } else {
        requireOneRecord(row);
      }
      rows.put(row.row(), row);
    }
    for (Replacement rule : corrections.rules()) {
      rules
          .computeIfAbsent(field(rule.column()), field -> new HashMap<>())
          .put(rule.from(), rule.to());
    }
  }

  private int field(String column) {
    int field = columns.field(column);
    if (field < 0) {
      throw Corrections.invalid("The file has no column of one of the names.");
    }
    return field;
  }

  /** A text that is not exactly one record would change the following rows. */
  private void requireOneRecord(Row row) {
    RecordScanner scanner = scanner(row.text().getBytes(StandardCharsets.UTF_8));
    try {
      boolean one = scanner.next() && scanner.fault() == null;
      int fields = scanner.fields();
      if (!one || scanner.next()) {
        throw Corrections.invalid(
            "The text of row " + row.row() + " is not one row: check its quotes and line breaks.");
      }
      if (fields > columns.names().size()) {
        throw Corrections.invalid(
            "The text of row %d has %d fields, and the file has %d columns."
                .formatted(row.row(), fields, columns.names().size()));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private RecordScanner scanner(byte[] text) {
    return new RecordScanner(new ByteArrayInputStream(text), header.delimiter(), 0);
  }

  byte[] headerLine() {
    return format.headerLine();
  }

  /** The line of a reject in a corrected error file; null if it is unchanged or left out. */
  byte[] line(StoredReject reject) {
    Row row = rows.get(reject.row());
    if (row != null) {
      found.add(reject.row());
    }
    if (leftOut.contains(reject.row())) {
      return null;
    }
    byte[] line = row != null && row.text() != null ? text(reject, row) : fields(reject, row);
    changed += line == null ? 0 : 1;
    return line;
  }

  private byte[] text(StoredReject reject, Row row) {
    if (!isWhole(reject)) {
      throw Corrections.invalid(
          "Row %d can be split: send fields, not text.".formatted(reject.row()));
    }
    byte[] text = row.text().getBytes(StandardCharsets.UTF_8);
    try {
      RecordScanner scanner = scanner(text);
      scanner.next();
      // Without a line break at its end.
      return format.lineOfText(
          scanner.copy(0, (int) scanner.length()), scanner.fields(), reject.row());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private byte[] fields(StoredReject reject, Row row) {
    RejectedRecord record =
        reject.raw() == null ? null : new RejectedRecord(columns, reject.raw(), isWhole(reject));
    if (record == null || !record.isSplit()) {
      if (row != null) {
        throw Corrections.invalid(
            "Row %d cannot be split: send text, or use the error file.".formatted(reject.row()));
      }
      return null;
    }
    Map<Integer, String> texts = new HashMap<>();
    rules.forEach(
        (field, replacements) -> {
          String text = replacements.get(record.text(field));
          if (text != null) {
            texts.put(field, text);
          }
        });
    if (row != null) {
      row.fields().forEach((column, text) -> texts.put(columns.field(column), text));
    }
    texts.entrySet().removeIf(text -> record.isText(text.getKey(), text.getValue()));
    return texts.isEmpty() ? null : format.line(record.with(texts), reject.row(), "");
  }

  /** Whether the record cannot be split. Its message then has no other fault. */
  private static boolean isWhole(StoredReject reject) {
    return Rule.COLUMN_COUNT.begins(reject.message())
        || Rule.INVALID_QUOTING.begins(reject.message());
  }

  /** Rows that the client corrects and that were not among the rejects. */
  List<Long> notFound() {
    return rows.keySet().stream()
        .filter(row -> !found.contains(row) && !leftOut.contains(row))
        .sorted()
        .toList();
  }

  /** Rejects that were changed. */
  long changed() {
    return changed;
  }
}
