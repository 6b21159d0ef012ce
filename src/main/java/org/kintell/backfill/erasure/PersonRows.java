package org.kintell.backfill.erasure;

import com.google.common.io.ByteStreams;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.kintell.backfill.csv.Header;
import org.kintell.backfill.csv.RecordScanner;
import org.kintell.backfill.csv.UnusableFileException;
import org.kintell.backfill.row.Column;

/**
 * The rows of one person in CSV files: those that hold the person's address in any column.
 * Asterisks replace an address and spaces replace feedback, byte for byte, so that offsets, rows
 * and columns stay the same. A record that does not split into the columns of its header loses all
 * but its delimiters, quotes and line ends. The migration of {@code backfill_erase} does the same
 * in SQL. Files of any size are read in constant memory.
 */
public final class PersonRows {

  /** Beginnings of messages for rows that do not split into columns. */
  private static final List<String> MISALIGNED =
      List.of("Column count mismatch", "Invalid quoting");

  /** The end of such a row in an error file: the number of the row and the message. */
  private static final String OWN_FIELDS =
      "[%1$s]\"?[0-9]+\"?[%1$s]\"?(?:Column count mismatch: expected [0-9]+ found [0-9]+|Invalid quoting)$";

  /** Maximum length of such an end. */
  private static final int OWN_LENGTH = 128;

  private static final int BUFFER = 64 * 1024;

  private final PersonAddress address;

  public PersonRows(String address) {
    this.address = new PersonAddress(address);
  }

  /** Number of rows of the person in a file. */
  public long count(Path file) throws IOException {
    try (FileChannel channel = open(file, StandardOpenOption.READ)) {
      return mentions(Channels.newInputStream(channel)) ? records(file, channel, false) : 0;
    }
  }

  /**
   * Erases the person from a file, which keeps its length and its time.
   *
   * @return number of the person's rows
   * @throws UnusableFileException if it has no header; nothing is changed then
   */
  public long erase(Path file) throws IOException {
    long rows;
    try (FileChannel channel = open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      rows = records(file, channel, true);
      channel.force(true);
    }
    return rows;
  }

  private static FileChannel open(Path file, StandardOpenOption... how) throws IOException {
    return FileChannel.open(
        file,
        Stream.concat(Arrays.stream(how), Stream.of(LinkOption.NOFOLLOW_LINKS))
            .collect(Collectors.toSet()));
  }

  /** Whether the address occurs anywhere in a stream, even within a longer one. */
  public boolean mentions(InputStream in) throws IOException {
    return address.isIn(in);
  }

  private long records(Path file, FileChannel channel, boolean erase) throws IOException {
    Header.At start = Header.read(Channels.newInputStream(channel.position(0)));
    // Reset after each write, because the inbox imports changed files again.
    FileTime time = Files.getLastModifiedTime(file);
    long rows = 0;
    // A separate reading position, because the writing position follows it.
    try (InputStream in =
        new BufferedInputStream(Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS))) {
      in.skipNBytes(start.dataOffset());
      RecordScanner scanner = new RecordScanner(in, start.header().delimiter(), start.dataOffset());
      while (scanner.next()) {
        if (scanner.length() > RecordScanner.MAX_RECORD) {
          if (longRecord(scanner, start.header(), channel, erase)) {
            rows++;
            if (erase) {
              Files.setLastModifiedTime(file, time);
            }
          }
          continue;
        }
        byte[] erased = erased(scanner, start.header());
        if (erased != null) {
          rows++;
          if (erase) {
            write(channel, erased, scanner.offset());
            Files.setLastModifiedTime(file, time);
          }
        }
      }
    }
    return rows;
  }

  /** The record without the person; null if it is not the person's. */
  private byte[] erased(RecordScanner scanner, Header header) {
    byte[] record = scanner.copy(0, (int) scanner.length());
    byte[] erased = address.erasedFrom(record);
    if (erased == null) {
      return null;
    }
    int ending = misalignedUntil(record, header);
    if (ending >= 0 || scanner.fault() != null || !hasColumnsOf(scanner, header)) {
      return withoutContent(erased, ending >= 0 ? ending : erased.length, header.delimiter());
    }
    int feedback = header.position(Column.FEEDBACK_TEXT);
    int from = scanner.fieldStart(feedback);
    int to = scanner.fieldEnd(feedback);
    boolean quoted = to - from >= 2 && record[from] == '"';
    Arrays.fill(erased, quoted ? from + 1 : from, quoted ? to - 1 : to, (byte) ' ');
    return erased;
  }

  /**
   * Where an error file's own two fields begin in a row that was rejected because it does not split
   * into columns: padded, such a row has as many fields as the header. The row's length if they are
   * not found at its end; -1 for any other row.
   */
  private static int misalignedUntil(byte[] record, Header header) {
    String text = PersonAddress.latin1(record);
    if (!header.hasErrorRow() || MISALIGNED.stream().noneMatch(text::contains)) {
      return -1;
    }
    int end = text.length();
    while (end > 0 && isPadding(text.charAt(end - 1), header.delimiter())) {
      end--;
    }
    Matcher own =
        Pattern.compile(OWN_FIELDS.formatted(header.delimiter()))
            .matcher(text)
            .region(Math.max(0, end - OWN_LENGTH), end);
    return own.find() ? own.start() : text.length();
  }

  /** A spreadsheet gives all rows the same number of cells. */
  private static boolean isPadding(char c, char delimiter) {
    return c == delimiter || c == '"' || c == ' ';
  }

  /** As many fields as the header; empty ones beyond it belong to no column. */
  private static boolean hasColumnsOf(RecordScanner scanner, Header header) {
    for (int field = header.width(); field < scanner.fields(); field++) {
      byte[] extra = scanner.copy(scanner.fieldStart(field), scanner.fieldEnd(field));
      if (!PersonAddress.latin1(extra).isBlank()) {
        return false;
      }
    }
    return scanner.fields() >= header.width();
  }

  private static byte[] withoutContent(byte[] record, int end, char delimiter) {
    byte[] erased = record.clone();
    for (int i = 0; i < end; i++) {
      if (erased[i] != delimiter && erased[i] != '"' && erased[i] != '\r' && erased[i] != '\n') {
        erased[i] = PersonAddress.ERASED;
      }
    }
    return erased;
  }

  private boolean longRecord(
      RecordScanner scanner, Header header, FileChannel channel, boolean erase) throws IOException {
    long end = scanner.offset() + scanner.length();
    channel.position(scanner.offset());
    InputStream record = ByteStreams.limit(Channels.newInputStream(channel), scanner.length());
    if (!mentions(record)) {
      return false;
    }
    for (long at = scanner.offset(); erase && at < end; ) {
      ByteBuffer part = ByteBuffer.allocate((int) Math.min(BUFFER, end - at));
      int count = channel.read(part, at);
      write(
          channel,
          withoutContent(Arrays.copyOf(part.array(), count), count, header.delimiter()),
          at);
      at += count;
    }
    return true;
  }

  private static void write(FileChannel channel, byte[] bytes, long offset) throws IOException {
    ByteBuffer left = ByteBuffer.wrap(bytes);
    while (left.hasRemaining()) {
      channel.write(left, offset + left.position());
    }
  }
}
