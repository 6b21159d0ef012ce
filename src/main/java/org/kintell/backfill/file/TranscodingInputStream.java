package org.kintell.backfill.file;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import org.kintell.backfill.csv.BlockInputStream;

/**
 * Text in a single-byte charset, as UTF-8. Passes on an undefined byte as it is: it lies between
 * 0x80 and 0xBF and makes invalid UTF-8.
 */
final class TranscodingInputStream extends BlockInputStream {

  private final InputStream in;
  private final byte[][] characters = new byte[256][];
  private final byte[] text = new byte[16 * 1024];
  private int position;
  private int end;

  /** The rest of a character that the caller's buffer had no room for. */
  private byte[] rest = new byte[0];

  private int restPosition;

  TranscodingInputStream(InputStream in, Charset charset) {
    this.in = in;
    for (int value = 0; value < characters.length; value++) {
      characters[value] = utf8(new byte[] {(byte) value}, charset);
    }
  }

  private static byte[] utf8(byte[] one, Charset charset) {
    try {
      String character = charset.newDecoder().decode(ByteBuffer.wrap(one)).toString();
      return character.getBytes(StandardCharsets.UTF_8);
    } catch (CharacterCodingException e) {
      return one;
    }
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    int written = 0;
    while (written < length) {
      if (restPosition < rest.length) {
        target[offset + written++] = rest[restPosition++];
      } else if (position < end) {
        rest = characters[text[position++] & 0xff];
        restPosition = 0;
      } else if (written > 0 || !fill()) {
        break;
      }
    }
    return written == 0 && length > 0 ? -1 : written;
  }

  private boolean fill() throws IOException {
    position = 0;
    end = Math.max(in.read(text, 0, text.length), 0);
    return end > 0;
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
