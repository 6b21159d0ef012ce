package org.kintell.backfill.file;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipInputStream;
import org.kintell.backfill.csv.UnusableFileException;
import org.kintell.backfill.csv.UnusableFileException.Reason;

/**
 * The one CSV file in a zip archive, in a folder or not. Ignores folders and the files that
 * operating systems add. The archive is read from start to end, so its number of entries takes no
 * memory.
 */
final class SingleEntryZipInputStream extends InputStream {

  /** Longest file that an operating system adds, in bytes. */
  private static final int LONGEST_SYSTEM_FILE = 1024 * 1024;

  private final ZipInputStream zip;
  private boolean ended;

  private SingleEntryZipInputStream(ZipInputStream zip) {
    this.zip = zip;
  }

  /**
   * Opens the content.
   *
   * @throws UnusableFileException when it cannot be read or does not hold exactly one CSV file; a
   *     second file is found only when the first has been read
   */
  static SingleEntryZipInputStream open(InputStream packed) throws IOException {
    // Only the ending of a name matters, which is ASCII; this charset accepts any name.
    SingleEntryZipInputStream content =
        new SingleEntryZipInputStream(new ZipInputStream(packed, StandardCharsets.ISO_8859_1));
    ZipEntry file = content.next();
    if (file == null) {
      throw refusal("It holds no file.");
    }
    if (!file.getName().toLowerCase(Locale.ROOT).endsWith(".csv")) {
      throw refusal("It holds a file whose name does not end in .csv.");
    }
    return content;
  }

  private ZipEntry next() throws IOException {
    try {
      ZipEntry entry = zip.getNextEntry();
      while (entry != null && countsForNothing(entry.getName())) {
        if (zip.skip(LONGEST_SYSTEM_FILE + 1L) > LONGEST_SYSTEM_FILE) {
          throw refusal("It holds a large hidden file.");
        }
        entry = zip.getNextEntry();
      }
      return entry;
    } catch (ZipException | EOFException | IllegalArgumentException e) {
      throw unreadable();
    }
  }

  private static boolean countsForNothing(String name) {
    String path = name.replace('\\', '/');
    return path.endsWith("/")
        || path.startsWith("__MACOSX/")
        || path.startsWith(".", path.lastIndexOf('/') + 1);
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    if (ended) {
      return -1;
    }
    int count = readEntry(target, offset, length);
    if (count < 0) {
      ended = true;
      if (next() != null) {
        throw refusal("It holds more than one file.");
      }
    }
    return count;
  }

  private int readEntry(byte[] target, int offset, int length) throws IOException {
    try {
      return zip.read(target, offset, length);
    } catch (ZipException | EOFException e) {
      throw unreadable();
    }
  }

  @Override
  public void close() throws IOException {
    zip.close();
  }

  private static UnusableFileException refusal(String observation) {
    return new UnusableFileException(
        Reason.ZIP_CONTENT,
        "A zip archive must hold one CSV file and nothing else. "
            + observation
            + " Send each CSV file by itself.");
  }

  private static UnusableFileException unreadable() {
    return new UnusableFileException(
        Reason.UNREADABLE_ZIP,
        "The zip archive cannot be read: it is damaged, cut short, encrypted or packed in an unusual"
            + " way. Pack the CSV file anew, without a password.");
  }
}
