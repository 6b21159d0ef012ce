package org.kintell.backfill.file;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.kintell.backfill.csv.Text;

/** A file says the same in UTF-8, however it is read. */
class TranscodingInputStreamTest {

  private static final Charset WINDOWS_1252 = Charset.forName("windows-1252");

  @Property
  void saysTheSame(
      @ForAll @Size(max = 50_000) byte[] text, @ForAll @IntRange(min = 1, max = 7) int room)
      throws IOException {
    String meant = new String(text, Charset.forName("ISO-8859-15"));

    byte[] utf8 = read(text, Charset.forName("ISO-8859-15"), room);

    assertThat(utf8).isEqualTo(meant.getBytes(StandardCharsets.UTF_8));
  }

  @ParameterizedTest
  @ValueSource(ints = {0x81, 0x8d, 0x8f, 0x90, 0x9d})
  void whatIsNoCharacterIsNoneInUtf8(int value) throws IOException {
    byte[] text = {'a', (byte) 0xe9, (byte) value, (byte) 0x80, 'z'};

    byte[] utf8 = read(text, WINDOWS_1252, 3);

    assertThat(Text.isUtf8(utf8)).isFalse();
    assertThat(utf8).containsExactly('a', 0xc3, 0xa9, value, 0xe2, 0x82, 0xac, 'z');
  }

  @Test
  void everyOtherByteIsACharacter() throws IOException {
    for (String name : SourceFile.CHARSETS.subList(1, SourceFile.CHARSETS.size())) {
      for (int value = 0; value < 256; value++) {
        Charset charset = SourceFile.charset(name).orElseThrow();
        byte[] one = {(byte) value};
        String meant = new String(one, charset);
        byte[] expected = meant.equals("\ufffd") ? one : meant.getBytes(StandardCharsets.UTF_8);
        assertThat(read(one, charset, 1)).as("%s %x", name, value).isEqualTo(expected);
      }
    }
  }

  /** Read as much at a time as there is room for, then byte by byte, then to the end. */
  private static byte[] read(byte[] text, Charset charset, int room) throws IOException {
    ByteArrayOutputStream utf8 = new ByteArrayOutputStream();
    try (InputStream in = new TranscodingInputStream(new ByteArrayInputStream(text), charset)) {
      utf8.writeBytes(in.readNBytes(room));
      for (int i = 0; i < room; i++) {
        int next = in.read();
        if (next >= 0) {
          utf8.write(next);
        }
      }
      byte[] buffer = new byte[room];
      for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
        utf8.write(buffer, 0, count);
      }
    }
    return utf8.toByteArray();
  }
}
