package org.kintell.backfill.file;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.primitives.Bytes;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.kintell.backfill.csv.SpreadsheetText;
import org.kintell.backfill.csv.Text;

/**
 * Of the form for spreadsheets, the apostrophes that were added are taken off, and nothing else.
 */
class SpreadsheetFormInputStreamTest {

  private static final String ALPHABET = "'''==+-@,;\t| \"ab\uFF1D\u00FC";
  private static final String[] LINE_ENDS = {"\n", "\r\n", "\r"};

  @ParameterizedTest
  @ValueSource(chars = {',', ';', '\t', '|'})
  void whatWasAddedToAnyRowIsTakenOff(char delimiter) throws IOException {
    Random random = new Random(delimiter);
    for (int i = 0; i < 2000; i++) {
      String lineEnd = LINE_ENDS[random.nextInt(LINE_ENDS.length)];
      ByteArrayOutputStream exact = new ByteArrayOutputStream();
      ByteArrayOutputStream form = new ByteArrayOutputStream();
      form.writeBytes(Text.byteOrderMark());
      exact.writeBytes(Text.byteOrderMark());
      form.writeBytes(bytes("=a%1$c'_error_row%1$c'_error_message".formatted(delimiter) + lineEnd));
      exact.writeBytes(bytes("=a%1$c_error_row%1$c_error_message".formatted(delimiter) + lineEnd));
      for (int row = random.nextInt(4); row >= 0; row--) {
        byte[] record = bytes(record(random, delimiter, lineEnd));
        exact.writeBytes(Bytes.concat(record, bytes(lineEnd)));
        form.writeBytes(SpreadsheetText.neutralised(record, delimiter));
        form.writeBytes(bytes(lineEnd));
      }

      byte[] back = read(form.toByteArray(), 1 + random.nextInt(7));

      assertThat(text(back)).isEqualTo(text(exact.toByteArray()));
    }
  }

  private static String record(Random random, char delimiter, String lineEnd) {
    StringBuilder record = new StringBuilder("S-1").append(delimiter);
    for (int field = random.nextInt(4); field >= 0; field--) {
      StringBuilder value = new StringBuilder();
      for (int length = random.nextInt(6); length > 0; length--) {
        value.append(
            random.nextInt(20) == 0
                ? lineEnd
                : ALPHABET.substring(random.nextInt(ALPHABET.length())).substring(0, 1));
      }
      record.append(Text.quoted(value.toString(), delimiter)).append(delimiter);
    }
    return record.append("7").append(delimiter).append("Invalid rating: 9").toString();
  }

  /** A slash ends a line. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '~',
      quoteCharacter = '`',
      textBlock =
          """
          a,_error_row,_error_message/'=1,7,x         ~ a,_error_row,_error_message/'=1,7,x
          a,b/'=1,7                                   ~ a,b/'=1,7
          a,'_error_rows/'=1,7                        ~ a,'_error_rows/'=1,7
          a,x'_error_row/'=1,7                        ~ a,x'_error_row/'=1,7
          a,b/'_error_row,'=1                         ~ a,b/'_error_row,'=1
          a,'_error_row,'_error_message/'=1,7,x       ~ a,_error_row,_error_message/=1,7,x
          a,'_error_row/'=1,7                         ~ a,_error_row/=1,7
          a;"'_ERROR_ROW";'_error_message/'=1;7;x     ~ a;"_ERROR_ROW";_error_message/=1;7;x
          '_error_message,'_error_row,a/x,7,'=1       ~ _error_message,_error_row,a/x,7,=1
          a,'_error_row/"'=1",7                       ~ a,_error_row/"=1",7
          a,'_error_row/''=1,7                        ~ a,_error_row/'=1,7
          a,'_error_row/'a,7                          ~ a,_error_row/'a,7
          a,'_error_row/a'=1,7                        ~ a,_error_row/a'=1,7
          a,'_error_row/',7                           ~ a,_error_row/',7
          a,'_error_row/'_error_row,7                 ~ a,_error_row/'_error_row,7
          """)
  void aFileIsThatFormByTheNamesOfItsColumns(String file, String expected) throws IOException {
    assertThat(text(read(bytes(file.replace('/', '\n')), 100)))
        .isEqualTo(expected.replace('/', '\n'));
  }

  @Test
  void theLineThatNamesTheDelimiterMayStandAbove() throws IOException {
    assertThat(text(read(bytes("sep=;\r\na;'_error_row\r\n'=1;7\r\n';8\r\n"), 3)))
        .isEqualTo("sep=;\r\na;_error_row\r\n=1;7\r\n';8\r\n");
  }

  @Test
  void whatIsAtTheEdgesOfBuffersIsSeen() throws IOException {
    String rows = "'\uFF1D1,7\n''+2,8\n".repeat(50_000);
    String expected = rows.replace("'\uFF1D", "\uFF1D").replace("''", "'");
    assertThat(text(read(bytes("a,'_error_row\n" + rows), 8191)))
        .isEqualTo("a,_error_row\n" + expected);
  }

  private static byte[] read(byte[] file, int room) throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    try (InputStream in = SpreadsheetFormInputStream.exact(new ByteArrayInputStream(file))) {
      byte[] part = new byte[room];
      for (int count = in.read(part); count >= 0; count = in.read(part)) {
        all.write(part, 0, count);
      }
    }
    return all.toByteArray();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
