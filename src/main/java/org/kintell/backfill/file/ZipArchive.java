package org.kintell.backfill.file;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;
import org.kintell.backfill.csv.BlockInputStream;
import org.kintell.backfill.csv.UnusableFileException;
import org.kintell.backfill.csv.UnusableFileException.Reason;

/**
 * A zip archive of one CSV file, or a workbook, which is one too. It is read by its directory: what
 * stands before a member may lack its length, as when an archive was written to a pipe.
 */
final class ZipArchive {

  /** Longest file that an operating system adds, in bytes. */
  private static final int LONGEST_SYSTEM_FILE = 1024 * 1024;

  /** Largest directory, in bytes, which is kept in memory: room for some hundred thousand files. */
  private static final int LARGEST_DIRECTORY = 16 * 1024 * 1024;

  /** Longest media type in a document, in bytes. */
  private static final int LONGEST_TYPE = 200;

  private static final String SAVE = "Save it as .xlsx or as CSV in UTF-8.";
  private static final String EXPORT = "Export it as an Excel workbook (.xlsx) or as CSV in UTF-8.";
  private static final String COPY =
      "Copy its table into a spreadsheet, and save that as .xlsx or as CSV in UTF-8.";

  /** Other documents that are zip archives within, by a member or by their media type. */
  private enum Document {
    XLSB("xl/workbook.bin", "a binary Excel workbook (.xlsb)", SAVE),
    ODS("opendocument.spreadsheet", "an OpenDocument sheet (.ods)", SAVE),
    ODT("opendocument.text", "an OpenDocument text (.odt)", COPY),
    DOCX("word/document.xml", "a Word document (.docx)", COPY),
    PPTX("ppt/presentation.xml", "a PowerPoint presentation (.pptx)", COPY),
    /** Both have the same members. */
    IWORK("Index/Document.iwa", "an Apple Numbers or Pages document (.numbers or .pages)", EXPORT),
    OLDER_IWORK(
        "Metadata/Properties.plist",
        "an Apple Numbers or Pages document (.numbers or .pages)",
        EXPORT);

    private final String mark;
    private final String description;
    private final String then;

    Document(String mark, String description, String then) {
      this.mark = mark;
      this.description = description;
      this.then = then;
    }
  }

  private static final Set<String> SYSTEM_FILES =
      Set.of("thumbs.db", "ehthumbs.db", "desktop.ini", "icon\r");

  /** The name of what was packed from a pipe. */
  private static final String PIPE = "-";

  private ZipArchive() {}

  /**
   * Opens the content as CSV, which is in UTF-8 if it comes from a workbook.
   *
   * @param mayBeArchive whether its name says that it is an archive; else only a workbook is taken
   * @throws UnusableFileException when it cannot be read or holds something else
   */
  static SourceText open(Path path, boolean mayBeArchive) throws IOException {
    requireBoundedDirectory(path);
    // Only the ending of a name matters, which is ASCII; this charset accepts any name.
    ZipFile zip = opened(path);
    try {
      if (WorkbookParts.isIn(zip)) {
        return new SourceText(Workbook.open(zip), StandardCharsets.UTF_8);
      }
      refuseDocuments(zip);
      if (!mayBeArchive) {
        throw UnusableFileException.notCsv(
            "It looks like a ZIP archive and holds no workbook. Send the CSV file itself, or name"
                + " the archive .zip.");
      }
      return new SourceText(new Member(zip, csv(zip)), null);
    } catch (IOException | RuntimeException | Error e) {
      zip.close();
      throw e;
    }
  }

  private static ZipFile opened(Path path) throws IOException {
    if (Files.isSymbolicLink(path)) {
      throw new IOException("links are not followed");
    }
    try {
      return new ZipFile(path.toFile(), StandardCharsets.ISO_8859_1);
    } catch (ZipException | IllegalArgumentException e) {
      throw unreadable();
    }
  }

  private static ZipEntry csv(ZipFile zip) {
    List<? extends ZipEntry> files =
        Collections.list(zip.entries()).stream()
            .filter(entry -> !countsForNothing(entry.getName()))
            .toList();
    boolean hidesMuch =
        zip.stream()
            .anyMatch(
                entry ->
                    countsForNothing(entry.getName()) && entry.getSize() > LONGEST_SYSTEM_FILE);
    if (hidesMuch) {
      throw refusal("It holds a large hidden file.");
    }
    if (files.isEmpty()) {
      throw refusal("It holds no file.");
    }
    if (files.size() > 1) {
      throw refusal("It holds more than one file.");
    }
    String name = files.get(0).getName().toLowerCase(Locale.ROOT);
    if (!name.endsWith(".csv") && !name.equals(PIPE)) {
      throw refusal("It holds a file whose name does not end in .csv.");
    }
    return files.get(0);
  }

  private static boolean countsForNothing(String name) {
    String path = name.replace('\\', '/');
    String last = path.substring(path.lastIndexOf('/') + 1);
    return path.endsWith("/")
        || path.startsWith("__MACOSX/")
        || last.startsWith(".")
        || last.startsWith("~$")
        || SYSTEM_FILES.contains(last.toLowerCase(Locale.ROOT));
  }

  private static void refuseDocuments(ZipFile zip) throws IOException {
    String type = openDocumentType(zip);
    for (Document document : Document.values()) {
      if (type.contains(document.mark) || zip.getEntry(document.mark) != null) {
        throw UnusableFileException.notCsv(
            "It looks like %s. %s".formatted(document.description, document.then));
      }
    }
  }

  /** The media type that an OpenDocument file names; empty where there is none. */
  private static String openDocumentType(ZipFile zip) throws IOException {
    ZipEntry type = zip.getEntry("mimetype");
    return type != null && type.getSize() > 0 && type.getSize() < LONGEST_TYPE
        ? new String(zip.getInputStream(type).readAllBytes(), StandardCharsets.US_ASCII)
        : "";
  }

  /** Java keeps the directory in memory, whatever its size. */
  private static void requireBoundedDirectory(Path path) throws IOException {
    try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "r")) {
      long from = Math.max(0, file.length() - 0x10000 - 22);
      byte[] end = new byte[(int) (file.length() - from)];
      file.seek(from);
      file.readFully(end);
      ByteBuffer bytes = ByteBuffer.wrap(end).order(ByteOrder.LITTLE_ENDIAN);
      for (int i = end.length - 22; i >= 0; i--) {
        if (bytes.getInt(i) == 0x06054b50) {
          long size = Integer.toUnsignedLong(bytes.getInt(i + 12));
          if (size == 0xffffffffL && i >= 20 && bytes.getInt(i - 20) == 0x07064b50) {
            size = longDirectory(file, bytes.getLong(i - 12));
          }
          if (size > LARGEST_DIRECTORY) {
            throw refusal("It holds far too many files.");
          }
          return;
        }
      }
      throw unreadable();
    }
  }

  /** The size of the directory, from the record of an archive beyond the limits of the format. */
  private static long longDirectory(RandomAccessFile file, long at) throws IOException {
    if (at < 0 || at > file.length() - 56) {
      throw unreadable();
    }
    file.seek(at + 40);
    long size = Long.reverseBytes(file.readLong());
    return size < 0 ? Long.MAX_VALUE : size;
  }

  private static UnusableFileException refusal(String observation) {
    return new UnusableFileException(
        Reason.ZIP_CONTENT,
        "A zip archive must hold one CSV file and nothing else. "
            + observation
            + " Send each CSV file by itself.");
  }

  static UnusableFileException unreadable() {
    return new UnusableFileException(
        Reason.UNREADABLE_ZIP,
        "The zip archive cannot be read: it is damaged, cut short, encrypted or packed in an unusual"
            + " way. Pack the CSV file anew, without a password.");
  }

  /** The content of a member, which must have the checksum that the directory names. */
  private static final class Member extends BlockInputStream {
    private final InputStream in;
    private final ZipFile zip;
    private final ZipEntry entry;
    private final CRC32 checksum = new CRC32();

    Member(ZipFile zip, ZipEntry entry) throws IOException {
      in = content(zip, entry);
      this.zip = zip;
      this.entry = entry;
    }

    private static InputStream content(ZipFile zip, ZipEntry entry) throws IOException {
      try {
        return zip.getInputStream(entry);
      } catch (ZipException e) {
        throw unreadable();
      }
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
      int count;
      try {
        count = in.read(target, offset, length);
      } catch (ZipException | EOFException e) {
        throw unreadable();
      }
      if (count > 0) {
        checksum.update(target, offset, count);
      } else if (count < 0 && checksum.getValue() != entry.getCrc()) {
        throw unreadable();
      }
      return count;
    }

    @Override
    public void close() throws IOException {
      in.close();
      zip.close();
    }
  }
}
