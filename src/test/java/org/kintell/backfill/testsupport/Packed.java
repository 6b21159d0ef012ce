package org.kintell.backfill.testsupport;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** Packed files of the usual kinds. */
public final class Packed {

  private Packed() {}

  public static byte[] gzip(byte[] content) {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(packed)) {
      out.write(content);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return packed.toByteArray();
  }

  /** An archive of one file. */
  public static byte[] zip(String name, byte[] content) {
    return zip(entry(name, content));
  }

  /** An archive of any files and folders; the name of a folder ends in a slash. */
  @SafeVarargs
  public static byte[] zip(Map.Entry<String, byte[]>... entries) {
    List<Map.Entry<String, byte[]>> list = new ArrayList<>();
    for (Map.Entry<String, byte[]> entry : entries) {
      list.add(entry);
    }
    return zip(list);
  }

  /** The same. */
  public static byte[] zip(List<Map.Entry<String, byte[]>> entries) {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (ZipOutputStream out = new ZipOutputStream(packed)) {
      for (Map.Entry<String, byte[]> entry : entries) {
        out.putNextEntry(new ZipEntry(entry.getKey()));
        out.write(entry.getValue());
        out.closeEntry();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return packed.toByteArray();
  }

  public static Map.Entry<String, byte[]> entry(String name, byte[] content) {
    return Map.entry(name, content);
  }

  /**
   * An archive as {@code zip} writes it to or from a pipe: lengths and checksum follow the member,
   * in the format for large files.
   */
  public static byte[] streamedZip(String name, byte[] content) throws IOException {
    byte[] called = name.getBytes(StandardCharsets.UTF_8);
    ByteArrayOutputStream deflated = new ByteArrayOutputStream();
    try (DeflaterOutputStream out = new DeflaterOutputStream(deflated, new Deflater(9, true))) {
      out.write(content);
    }
    CRC32 checksum = new CRC32();
    checksum.update(content);
    int crc = (int) checksum.getValue();
    ByteBuffer zip =
        ByteBuffer.allocate(deflated.size() + 2 * called.length + 300)
            .order(ByteOrder.LITTLE_ENDIAN);
    zip.putInt(0x04034b50).putShort((short) 45).putShort((short) 8).putShort((short) 8).putInt(0);
    zip.putInt(0).putInt(-1).putInt(-1).putShort((short) called.length).putShort((short) 20);
    zip.put(called).putShort((short) 1).putShort((short) 16).putLong(0).putLong(0);
    zip.put(deflated.toByteArray());
    zip.putInt(0x08074b50).putInt(crc).putLong(deflated.size()).putLong(content.length);
    int directory = zip.position();
    zip.putInt(0x02014b50).putShort((short) 0x32d).putShort((short) 45).putShort((short) 8);
    zip.putShort((short) 8).putInt(0).putInt(crc).putInt(deflated.size()).putInt(content.length);
    zip.putShort((short) called.length).putShort((short) 0).putShort((short) 0).putShort((short) 0);
    zip.putShort((short) 0).putInt(0).putInt(0).put(called);
    int size = zip.position() - directory;
    zip.putInt(0x06054b50).putInt(0).putShort((short) 1).putShort((short) 1).putInt(size);
    zip.putInt(directory).putShort((short) 0);
    return Arrays.copyOf(zip.array(), zip.position());
  }
}
