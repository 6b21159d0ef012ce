package org.kintell.backfill.testsupport;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** Files as people pack them before they send them. */
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
}
