package org.kintell.backfill.csv;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.kintell.backfill.row.Rule;

/**
 * The records of a CSV text by definition: every record is looked for from its first byte on, as
 * far as it takes. Slow, and short enough to be seen to be right.
 */
final class ScanByDefinition {

  /** What a {@link RecordScanner} must find; the last three only of a record without a fault. */
  record Found(
      long offset,
      long length,
      long next,
      Rule fault,
      List<Integer> fieldEnds,
      boolean nul,
      boolean ascii) {}

  /** White space without line ends, by the letter. */
  private static final String BLANK =
      " \t\u000b\f\u001c\u001d\u001e\u001f\u0085\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005"
          + "\u2006\u2007\u2008\u2009\u200a\u200b\u2028\u2029\u202f\u205f\u2060\u3000\ufeff";

  private final byte[] text;
  private final char delimiter;
  private final int maxRecord;

  ScanByDefinition(byte[] text, char delimiter, int maxRecord) {
    this.text = text;
    this.delimiter = delimiter;
    this.maxRecord = maxRecord;
  }

  /** Asserts that these are the records, and says where they begin to differ. */
  void assertFound(List<Found> found) {
    List<Found> expected = records();
    for (int i = 0; i < Math.min(found.size(), expected.size()); i++) {
      assertThat(found.get(i))
          .as("record %d, at most %d bytes", i, maxRecord)
          .isEqualTo(expected.get(i));
    }
    assertThat(found).hasSameSizeAs(expected);
  }

  private List<Found> records() {
    List<Found> records = new ArrayList<>();
    for (int from = 0; from < text.length; ) {
      Found found = record(from);
      if (!isBlank(found)) {
        records.add(found);
      }
      from = (int) found.next();
    }
    return records;
  }

  private Found record(int from) {
    List<Integer> fieldEnds = new ArrayList<>();
    int position = from;
    while (true) {
      if (is(position, '"')) {
        position = behindClosingQuote(from, position + 1);
        if (position < 0 || !(is(position, delimiter) || isLineEnd(position))) {
          return untilLineEnd(from, from, Rule.INVALID_QUOTING);
        }
      } else {
        while (!is(position, delimiter) && !isLineEnd(position)) {
          position++;
        }
      }
      if (position - from > maxRecord) {
        return untilLineEnd(from, position, Rule.ROW_TOO_LONG);
      }
      fieldEnds.add(position - from);
      if (isLineEnd(position)) {
        return found(from, position, null, fieldEnds);
      }
      position++;
    }
  }

  private int behindClosingQuote(int from, int first) {
    int position = first;
    while (position < text.length && position - from < maxRecord) {
      if (!is(position, '"')) {
        position++;
      } else if (is(position + 1, '"')) {
        position += 2;
      } else {
        return position + 1;
      }
    }
    return -1;
  }

  private Found untilLineEnd(int from, int searched, Rule fault) {
    int position = searched;
    while (!isLineEnd(position)) {
      position++;
    }
    return found(from, position, fault, List.of());
  }

  private Found found(int from, int end, Rule fault, List<Integer> fieldEnds) {
    boolean two = is(end, '\r') && is(end + 1, '\n');
    int next = Math.min(text.length, end + (two ? 2 : 1));
    boolean nul = false;
    boolean ascii = true;
    for (int i = from; fault == null && i < end; i++) {
      nul |= text[i] == 0;
      ascii &= text[i] >= 0;
    }
    return new Found(from, end - from, next, fault, fieldEnds, nul, ascii);
  }

  private boolean isBlank(Found found) {
    String line =
        new String(text, (int) found.offset(), (int) found.length(), StandardCharsets.UTF_8);
    return found.fault() == null
        && line.chars().allMatch(c -> c == delimiter || BLANK.indexOf(c) >= 0);
  }

  private boolean isLineEnd(int position) {
    return position >= text.length || is(position, '\n') || is(position, '\r');
  }

  private boolean is(int position, char c) {
    return position < text.length && text[position] == c;
  }
}
