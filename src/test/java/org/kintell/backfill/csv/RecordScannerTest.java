package org.kintell.backfill.csv;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.io.ByteStreams;
import com.sun.management.ThreadMXBean;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.kintell.backfill.row.Fault;
import org.kintell.backfill.row.Rule;

class RecordScannerTest {

  private static final int MAX_RECORD = 1000;

  @Test
  void aQuotedFieldHoldsDelimitersQuotesAndLineBreaks() throws IOException {
    assertThat(records("a,\"b,\"\"c\"\"\r\nd\",e\r\nf,g\n"))
        .containsExactly("a,\"b,\"\"c\"\"\r\nd\",e", "f,g");
  }

  /** The window doubles up to the first power of two beyond the longest record. */
  @ParameterizedTest
  @CsvSource({"x, ROW_TOO_LONG", "'\"', INVALID_QUOTING"})
  void aLineOf200MegabytesNeedsNoMoreMemoryThanTheLongestRecord(String first, Rule fault)
      throws IOException {
    long length = 200L * 1024 * 1024;
    InputStream line =
        new SequenceInputStream(
            new SequenceInputStream(stream("S-1," + first), filler(length)),
            stream(first + "\nS-2,b\n"));
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = threads.getCurrentThreadAllocatedBytes();

    RecordScanner scanner = new RecordScanner(line, ',', 0);
    assertThat(scanner.next()).isTrue();
    assertThat(scanner.fault()).isEqualTo(fault);
    assertThat(scanner.length()).isEqualTo(length + "S-1,xx".length());
    assertThat(scanner.next()).isTrue();
    assertThat(scanner.fields()).isEqualTo(2);
    assertThat(scanner.next()).isFalse();

    assertThat(threads.getCurrentThreadAllocatedBytes() - before)
        .isLessThan(5L * RecordScanner.MAX_RECORD);
  }

  private static InputStream stream(String text) {
    return new ByteArrayInputStream(text.getBytes(StandardCharsets.US_ASCII));
  }

  private static InputStream filler(long length) {
    return ByteStreams.limit(
        new InputStream() {
          @Override
          public int read() {
            return 'x';
          }

          @Override
          public int read(byte[] target, int offset, int count) {
            Arrays.fill(target, offset, offset + count, (byte) 'x');
            return count;
          }
        },
        length);
  }

  @Test
  void aQuoteWithinAnUnquotedFieldIsOrdinary() throws IOException {
    assertThat(records("a\"b,c\"\nd")).containsExactly("a\"b,c\"", "d");
  }

  @Test
  void blankLinesAreNoRecords() throws IOException {
    assertThat(records("\n\r\n  \na\n\t\n\nb\n\n")).containsExactly("a", "b");
  }

  @Test
  void aCarriageReturnAloneEndsALine() throws IOException {
    assertThat(records("a,b\rc,\"d\re\"\rf")).containsExactly("a,b", "c,\"d\re\"", "f");
    assertThat(records("a\r\r\nb\r\n\rc\r")).containsExactly("a", "b", "c");
    assertThat(records("\"a\"\rb\n\"c\"x\rd"))
        .containsExactly("\"a\"", "b", "\"c\"x|Invalid quoting", "d");
  }

  @Test
  void aLineOfDelimitersAndWhiteSpaceIsNoRecord() throws IOException {
    assertThat(records(",,\na,b\n , ,\t\n\u00a0,\u200b,\ufeff\r\n,,x\n\"\",\n,;\n"))
        .containsExactly("a,b", ",,x", "\"\",", ",;");
  }

  @Test
  void aRecordFarLongerThanTheLimitEndsWithACarriageReturnToo() throws IOException {
    RecordScanner scanner = scanner("a".repeat(1_000_000) + "\rb\r\n" + "c".repeat(5000));
    assertThat(scanner.next()).isTrue();
    assertThat(scanner.length()).isEqualTo(1_000_000);
    assertThat(scanner.next()).isTrue();
    assertThat(scanner.offset()).isEqualTo(1_000_001);
    assertThat(scanner.next()).isTrue();
    assertThat(scanner.offset()).isEqualTo(1_000_004);
    assertThat(scanner.length()).isEqualTo(5000);
    assertThat(scanner.next()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"\"a\"b,c\nd\n", "\"a\" ,c\nd\n"})
  void onlyADelimiterOrALineEndMayFollowAClosingQuote(String text) throws IOException {
    assertThat(records(text))
        .containsExactly(text.substring(0, text.indexOf('\n')) + "|Invalid quoting", "d");
  }

  @Test
  void aQuoteNeverClosedSpoilsOneLineOnly() throws IOException {
    assertThat(records("x,\"a\nb,c\nd,e\n")).containsExactly("x,\"a|Invalid quoting", "b,c", "d,e");
  }

  @Test
  void aQuoteNotClosedWithinTheLimitSpoilsOneLineOnly() throws IOException {
    String far = "f,g\n".repeat(MAX_RECORD);
    assertThat(records("x,\"a\n" + far + "y,z\"\n"))
        .hasSize(2 + MAX_RECORD)
        .startsWith("x,\"a|Invalid quoting", "f,g")
        .endsWith("f,g", "y,z\"");
  }

  @Test
  void aRecordMayBeAsLongAsTheLimitAndNotLonger() throws IOException {
    String longest = "a,".repeat(MAX_RECORD / 2);
    assertThat(records(longest + "\r\nb\n")).containsExactly(longest, "b");
    assertThat(records(longest + "a\r\nb\n")).containsExactly(longest + "a|Row too long", "b");
    assertThat(records(longest + "a")).containsExactly(longest + "a|Row too long");
  }

  @Test
  void aRecordFarLongerThanTheLimitIsPassedOver() throws IOException {
    RecordScanner scanner = scanner("a".repeat(1_000_000) + "\r\nb\n");
    assertThat(scanner.next()).isTrue();
    assertThat(scanner.fault()).isEqualTo(Rule.ROW_TOO_LONG);
    assertThat(scanner.length()).isEqualTo(1_000_000);
    assertThat(scanner.next()).isTrue();
    assertThat(scanner.offset()).isEqualTo(1_000_002);
    assertThat(scanner.next()).isFalse();
  }

  /** A record that takes over where a failed scan was still sees all that stands in it. */
  @Test
  void aRecordThatTakesOverAFailedScanIsReadWhole() throws IOException {
    String filling = "a".repeat(MAX_RECORD - 40);
    String record = "x\",\"\n" + filling + "\0é\",\"b\n\"";
    byte[] text = ("\"aaaaaaaa\n" + record + "\nlast\n").getBytes(StandardCharsets.UTF_8);
    for (int maxRecord = 900; maxRecord <= text.length + 1; maxRecord++) {
      new ScanByDefinition(text, ',', maxRecord)
          .assertFound(
              RecordScannerPropertyTest.scan(new ByteArrayInputStream(text), ',', maxRecord));
    }
  }

  @ParameterizedTest
  @CsvSource({"1, 50", "2, 1000", "3, 5000", "4, 200000"})
  void aLongTextIsReadAlikeHoweverItArrives(int seed, int maxRecord) throws IOException {
    Random random = new Random(seed);
    String[] parts = {
      "\"", "\"\"", ",", "\n", "\r", "\r\n", "\u00a0", "a\",\"b\n", "\"a b\"", "abc", "é", ",,"
    };
    StringBuilder text = new StringBuilder();
    while (text.length() < 300_000) {
      text.append(random.nextInt(200) == 0 ? "a".repeat(random.nextInt(6000)) : "");
      text.append(parts[random.nextInt(parts.length)]);
    }
    byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
    new ScanByDefinition(bytes, ',', maxRecord)
        .assertFound(RecordScannerPropertyTest.scan(trickle(bytes, random), ',', maxRecord));
  }

  /**
   * Every other line of these texts opens a quote, and none closes it. A scanner that searches for
   * the closing quote from each of them takes a step for every pair of lines.
   */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "a\",\"b\n",
        "\"\"x\na\",\"b\n",
        "\"a\n",
        "x,\"\"\"a\"\"\n",
        "\"a\"\"b\n",
        "a\",\"b\n\"\"x\n\"c\",d\n",
        "\"\n\n\n",
        "\"a\r",
        "a\",\"b\r",
        "\"\"x\ra\",\"b\r\n",
        ",,,\r"
      })
  void scanningIsLinear(String lines) throws IOException {
    for (int maxRecord : new int[] {100, 10_000, Integer.MAX_VALUE / 2}) {
      String text = "\"" + lines.repeat(200_000 / lines.length());
      RecordScanner scanner = new RecordScanner(bytes(text), ',', 0, maxRecord);
      while (scanner.next()) {
        assertThat(scanner.steps()).isLessThan(20L * text.length());
      }
    }
  }

  private static List<String> records(String text) throws IOException {
    RecordScanner scanner = scanner(text);
    List<String> records = new ArrayList<>();
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    while (scanner.next()) {
      String record =
          new String(bytes, (int) scanner.offset(), (int) scanner.length(), StandardCharsets.UTF_8);
      Rule fault = scanner.fault();
      records.add(fault == null ? record : record + "|" + Fault.of(fault, "").message());
    }
    return records;
  }

  private static RecordScanner scanner(String text) {
    return new RecordScanner(bytes(text), ',', 0, MAX_RECORD);
  }

  private static InputStream bytes(String text) {
    return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
  }

  /** Gives a few bytes at a time, as a network does. */
  private static InputStream trickle(byte[] bytes, Random random) {
    return new ByteArrayInputStream(bytes) {
      @Override
      public synchronized int read(byte[] target, int offset, int length) {
        return super.read(target, offset, Math.min(length, 1 + random.nextInt(3000)));
      }
    };
  }
}
