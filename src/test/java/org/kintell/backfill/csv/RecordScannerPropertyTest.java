package org.kintell.backfill.csv;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.constraints.IntRange;
import org.kintell.backfill.csv.ScanByDefinition.Found;

/** Whatever the bytes, the scanner finds what the definition of a record says, and all of it. */
class RecordScannerPropertyTest {

  @Property(tries = 4000)
  void findsWhatTheDefinitionSays(@ForAll("soup") byte[] text, @ForAll("delimiters") char delimiter)
      throws IOException {
    new ScanByDefinition(text, delimiter, Integer.MAX_VALUE / 2)
        .assertFound(scan(text, delimiter, Integer.MAX_VALUE / 2));
  }

  @Property(tries = 8000)
  void findsTheSameWhereRecordsAreTooLong(
      @ForAll("soup") byte[] text, @ForAll @IntRange(min = 1, max = 24) int maxRecord)
      throws IOException {
    new ScanByDefinition(text, ',', maxRecord).assertFound(scan(text, ',', maxRecord));
  }

  @Property(tries = 2000)
  void leavesNothingOutButLinesOfDelimitersAndWhiteSpace(
      @ForAll("soup") byte[] text, @ForAll @IntRange(min = 1, max = 60) int maxRecord)
      throws IOException {
    long position = 0;
    StringBuilder between = new StringBuilder();
    for (Found found : scan(text, ',', maxRecord)) {
      assertThat(found.offset()).isGreaterThanOrEqualTo(position);
      assertThat(found.next()).isGreaterThan(found.offset());
      between.append(latin(text, position, found.offset()));
      String lineEnd = latin(text, found.offset() + found.length(), found.next());
      assertThat(lineEnd).isIn("\n", "\r\n", "\r", "");
      position = found.next();
    }
    between.append(latin(text, position, text.length));
    assertThat(between.toString()).matches("[, \t\r\n\u00a0\u200b]*");
  }

  private static List<Found> scan(byte[] text, char delimiter, int maxRecord) throws IOException {
    return scan(new ByteArrayInputStream(text), delimiter, maxRecord);
  }

  static List<Found> scan(InputStream text, char delimiter, int maxRecord) throws IOException {
    RecordScanner scanner = new RecordScanner(text, delimiter, 0, maxRecord);
    List<Found> records = new ArrayList<>();
    while (scanner.next()) {
      List<Integer> fieldEnds = new ArrayList<>();
      for (int i = 0; i < scanner.fields(); i++) {
        fieldEnds.add(scanner.fieldEnd(i));
      }
      boolean whole = scanner.fault() == null;
      records.add(
          new Found(
              scanner.offset(),
              scanner.length(),
              scanner.nextOffset(),
              scanner.fault(),
              fieldEnds,
              whole && scanner.hasNul(),
              !whole || scanner.isAscii()));
    }
    return records;
  }

  private static String latin(byte[] text, long from, long to) {
    return new String(text, (int) from, (int) (to - from), StandardCharsets.UTF_8);
  }

  @Provide
  Arbitrary<Character> delimiters() {
    return Arbitraries.of(',', ';', '\t', '|');
  }

  /** Mostly what has a meaning, some of it in the order in which people write it. */
  @Provide
  Arbitrary<byte[]> soup() {
    return Arbitraries.frequencyOf(
            Tuple.of(12, Arbitraries.of("\"", ",", "\n")),
            Tuple.of(6, Arbitraries.of("\r", "\r\n", ";", "\t", "|", " ", "\u00a0", "\u200b")),
            Tuple.of(4, Arbitraries.of("a", "b", "\0", "é", "😀")),
            Tuple.of(
                4,
                Arbitraries.of(
                    "\"\"",
                    "\",\"",
                    "\n\"",
                    "\r\"",
                    "\"\r",
                    "a\",\"b\r",
                    "\"\n",
                    "a\",\"b\n",
                    "\"\"x\n",
                    ",\"")))
        .list()
        .ofMaxSize(80)
        .map(parts -> String.join("", parts).getBytes(StandardCharsets.UTF_8));
  }
}
