package org.kintell.backfill.reject;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.kintell.backfill.csv.RecordScanner;
import org.kintell.backfill.csv.Text;
import org.kintell.backfill.reject.RejectPage.CellFault;
import org.kintell.backfill.row.Column;
import org.kintell.backfill.row.Rule;

/** The bytes of a rejected record, split into its fields if possible. */
final class RejectedRecord {

  private final RejectColumns columns;
  private final byte[] raw;

  /** Ends of the fields; null if the record cannot be split. */
  private final List<int[]> fields;

  /** A record whose reject has these causes. */
  RejectedRecord(RejectColumns columns, byte[] raw, List<String> causes) {
    this(
        columns,
        raw,
        causes.contains(Rule.COLUMN_COUNT.cause())
            || causes.contains(Rule.INVALID_QUOTING.cause()));
  }

  /**
   * A record.
   *
   * @param whole whether its fields do not belong to the columns
   */
  RejectedRecord(RejectColumns columns, byte[] raw, boolean whole) {
    this.columns = columns;
    this.raw = raw;
    this.fields = whole ? null : split();
  }

  private List<int[]> split() {
    try {
      RecordScanner scanner =
          new RecordScanner(new ByteArrayInputStream(raw), columns.delimiter(), 0);
      if (!scanner.next() || scanner.fault() != null) {
        return null;
      }
      List<int[]> found = new ArrayList<>(scanner.fields());
      for (int field = 0; field < scanner.fields(); field++) {
        found.add(new int[] {scanner.fieldStart(field), scanner.fieldEnd(field)});
      }
      return found;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  boolean isSplit() {
    return fields != null;
  }

  /** Text of each column, trimmed, in the order of the file. */
  Map<String, String> texts() {
    Map<String, String> texts = new LinkedHashMap<>();
    for (String name : columns.names()) {
      texts.put(name, text(columns.field(name)));
    }
    return texts;
  }

  /** The trimmed text in a column; null if the record cannot be split. */
  String value(Column column) {
    return isSplit() ? text(columns.field(column)) : null;
  }

  /** The trimmed text of a field; empty if the record has fewer. */
  String text(int field) {
    if (field >= fields.size()) {
      return "";
    }
    int[] ends = fields.get(field);
    return Text.of(raw, ends[0], ends[1]);
  }

  /** The whole record as one text, without the appended fields of an error file. */
  String whole() {
    return new String(columns.withoutAdded(raw), StandardCharsets.UTF_8);
  }

  /** The faults; one of invalid bytes has the column that holds them. */
  List<CellFault> located(List<CellFault> faults) {
    if (!isSplit()) {
      return faults;
    }
    List<CellFault> located = new ArrayList<>();
    for (CellFault fault : faults) {
      List<String> places = places(fault.cause());
      places.forEach(column -> located.add(new CellFault(fault.cause(), column, fault.message())));
      if (places.isEmpty()) {
        located.add(fault);
      }
    }
    return located;
  }

  private List<String> places(String cause) {
    boolean utf8 = cause.equals(Rule.INVALID_UTF8.cause());
    if (!utf8 && !cause.equals(Rule.NUL_CHARACTER.cause())) {
      return List.of();
    }
    return columns.names().stream()
        .filter(name -> columns.field(name) < fields.size())
        .filter(
            name -> utf8 ? !isUtf8(columns.field(name)) : text(columns.field(name)).contains("\0"))
        .toList();
  }

  private boolean isUtf8(int field) {
    int[] ends = fields.get(field);
    return Text.isUtf8(Arrays.copyOfRange(raw, ends[0], ends[1]));
  }

  /** Whether a field already is that text, in valid UTF-8. */
  boolean isText(int field, String text) {
    return text(field).equals(text) && (field >= fields.size() || isUtf8(field));
  }

  /** The record with other texts in some fields, quoted if necessary. All other bytes stay. */
  byte[] with(Map<Integer, String> texts) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(raw.length + 64);
    int most = texts.keySet().stream().mapToInt(field -> field + 1).max().orElse(0);
    for (int field = 0; field < Math.max(fields.size(), most); field++) {
      if (field > 0) {
        out.write(columns.delimiter());
      }
      if (texts.containsKey(field)) {
        out.writeBytes(
            Text.quoted(texts.get(field), columns.delimiter()).getBytes(StandardCharsets.UTF_8));
      } else if (field < fields.size()) {
        int[] ends = fields.get(field);
        out.write(raw, ends[0], ends[1] - ends[0]);
      }
    }
    return out.toByteArray();
  }
}
