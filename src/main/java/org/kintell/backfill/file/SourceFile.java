package org.kintell.backfill.file;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.kintell.backfill.csv.Text;
import org.kintell.backfill.csv.UnusableFileException;
import org.kintell.backfill.csv.UnusableFileException.Reason;

/**
 * A file as it was sent: plain, gzipped, a zip archive of one CSV file, or a workbook. The sender
 * names its charset, which is never guessed, because any bytes are valid in some charset.
 *
 * @param mayBeZip whether its name says so: under the name of a CSV file an archive is a mistake
 * @param mayBeWorkbook whether its name does not say that it is CSV
 * @param charset one of {@link #CHARSETS}
 */
public record SourceFile(Path path, boolean mayBeZip, boolean mayBeWorkbook, Charset charset) {

  /** The charsets that a file may be in. Each character outside of UTF-8 is one byte. */
  public static final List<String> CHARSETS =
      List.of("UTF-8", "windows-1252", "ISO-8859-1", "ISO-8859-15");

  private static final int BUFFER = 64 * 1024;
  private static final byte[] GZIP = {0x1f, (byte) 0x8b};
  private static final byte[] ZIP = {'P', 'K'};

  /** A file that its sender calls so. */
  public static SourceFile of(Path path, String name, Charset charset) {
    FileType type = FileType.of(name).orElse(null);
    boolean csv = type == FileType.CSV || type == FileType.PACKED_CSV;
    return new SourceFile(path, type == FileType.ZIP, !csv, charset);
  }

  /** The charset with this name or alias; empty when it is not supported. */
  public static Optional<Charset> charset(String name) {
    if (StandardCharsets.US_ASCII.name().equalsIgnoreCase(name)) {
      return Optional.of(StandardCharsets.UTF_8);
    }
    return CHARSETS.stream()
        .map(Charset::forName)
        .filter(
            charset ->
                charset.name().equalsIgnoreCase(name)
                    || charset.aliases().stream().anyMatch(name::equalsIgnoreCase))
        .findFirst();
  }

  /**
   * The content, unpacked, in UTF-8, and without the apostrophes of an error file for spreadsheets.
   * A byte that the charset does not define stays as it is and makes its row invalid.
   */
  public InputStream open() throws IOException {
    return SpreadsheetFormInputStream.exact(utf8());
  }

  private InputStream utf8() throws IOException {
    SourceText unpacked = unpacked();
    InputStream in = unpacked.content();
    Charset of = unpacked.charset() == null ? charset : unpacked.charset();
    if (of.equals(StandardCharsets.UTF_8)) {
      return in;
    }
    try {
      BufferedInputStream text = new BufferedInputStream(in, BUFFER);
      if (Text.startsWithMark(peek(text, Text.byteOrderMark().length))) {
        throw new UnusableFileException(
            Reason.NOT_CSV,
            "The file begins with the byte order mark of UTF-8, so it is not in "
                + charset.name()
                + ". Leave out charset.");
      }
      return new TranscodingInputStream(text, charset);
    } catch (IOException | RuntimeException | Error e) {
      in.close();
      throw e;
    }
  }

  private SourceText unpacked() throws IOException {
    BufferedInputStream in =
        new BufferedInputStream(Files.newInputStream(path, LinkOption.NOFOLLOW_LINKS), BUFFER);
    try {
      byte[] magic = peek(in, GZIP.length);
      if (Arrays.equals(magic, GZIP)) {
        return new SourceText(new StrictGzipInputStream(in, BUFFER), null);
      }
      if ((mayBeZip || mayBeWorkbook) && Arrays.equals(magic, ZIP)) {
        in.close();
        return ZipArchive.open(path, mayBeZip);
      }
      return new SourceText(in, null);
    } catch (IOException | RuntimeException | Error e) {
      in.close();
      throw e;
    }
  }

  private static byte[] peek(BufferedInputStream in, int length) throws IOException {
    in.mark(length);
    byte[] first = in.readNBytes(length);
    in.reset();
    return first;
  }
}
