package org.kintell.backfill.csv;

import com.google.common.primitives.Bytes;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/** Recognises what people upload by mistake, by its first bytes. */
enum ForeignFormat {
  ZIP("a ZIP archive or a spreadsheet", "504b0304", Then.NAME),
  EMPTY_ZIP("an empty ZIP archive", "504b0506", Then.SAVE),
  XLS("an Excel 97-2003 workbook (.xls) or one with a password", "d0cf11e0a1b11ae1", Then.REOPEN),
  ZSTANDARD("a file packed by zstd (.zst)", "28b52ffd", Then.UNPACK),
  BZIP2("a file packed by bzip2 (.bz2)", "425a68", Then.UNPACK),
  XZ("a file packed by xz (.xz)", "fd377a585a00", Then.UNPACK),
  SEVEN_ZIP("a 7-Zip archive (.7z)", "377abcaf271c", Then.UNPACK),
  RAR("a RAR archive (.rar)", "526172211a07", Then.UNPACK),
  LZIP("a file packed by lzip (.lz)", "4c5a4950", Then.UNPACK),
  LZMA("a file packed by lzma (.lzma)", "5d0000", Then.UNPACK),
  ZLIB("a file packed by zlib (.zz)", "789c", Then.UNPACK),
  ZLIB_BEST("a file packed by zlib (.zz)", "78da", Then.UNPACK),
  LZ4("a file packed by lz4 (.lz4)", "04224d18", Then.UNPACK),
  COMPRESS("a file packed by compress (.Z)", "1f9d", Then.UNPACK),
  GZIP("gzip within gzip: it was packed twice", "1f8b", Then.UNPACK),
  PNG("a PNG image", "89504e47", Then.ORIGINAL),
  JPEG("a JPEG image", "ffd8ff", Then.ORIGINAL),
  GIF("a GIF image", "47494638", Then.ORIGINAL),
  PDF("a PDF document (.pdf)", "25504446", Then.ORIGINAL),
  RTF("an RTF document", "7b5c727466", Then.COPY),
  PARQUET("a Parquet file (.parquet)", "50415231", Then.EXPORT),
  SQLITE("an SQLite database", "53514c69746520666f726d6174203300", Then.EXPORT),
  POSTGRESQL_DUMP("a PostgreSQL dump in the custom format", "5047444d50", Then.EXPORT),
  POSTGRESQL_COPY("a binary COPY of PostgreSQL", "5047434f50590aff0d0a00", Then.EXPORT),
  UTF_32("UTF-32 text", "fffe0000", Then.SAVE),
  UTF_16("UTF-16 text", "fffe", Then.SAVE),
  UTF_16_BIG_ENDIAN("UTF-16 text (big-endian)", "feff", Then.SAVE);

  /** What its sender can do. */
  private static final class Then {
    private static final String SAVE =
        "Send comma-separated text in UTF-8: in a spreadsheet, save as \"CSV UTF-8\"; or send the"
            + " .xlsx itself.";
    private static final String NAME =
        "Send the CSV file itself, or give the file the ending of what it is: .xlsx or .zip.";
    private static final String REOPEN =
        "Open it in a spreadsheet, and save it without a password as .xlsx or as \"CSV UTF-8\".";
    private static final String UNPACK = "Unpack it and send the CSV file, plain or gzipped.";
    private static final String EXPORT = "Export its table as CSV in UTF-8, with a header.";
    private static final String COPY =
        "Copy its table into a spreadsheet, and save that as .xlsx or as \"CSV UTF-8\".";
    private static final String TABLE =
        "It looks like a table that is drawn with characters, which cuts values. Export it as CSV, for"
            + " example with psql --csv or sqlite3 -header -csv.";
    private static final String ORIGINAL =
        "Send the table that it was made from, as CSV in UTF-8 or as .xlsx.";
  }

  /** The content of an {@link #XLS} container, by a name in its directory. */
  private enum Contained {
    ENCRYPTED(
        "EncryptedPackage",
        "an Office file with a password, such as an Excel workbook (.xlsx)",
        Then.REOPEN),
    WORKBOOK("Workbook", "an Excel 97-2003 workbook (.xls)", Then.REOPEN),
    WORD("WordDocument", "a Word 97-2003 document (.doc)", Then.COPY);

    private final byte[] name;
    private final String sentences;

    Contained(String name, String description, String then) {
      this.name = (name + '\0').getBytes(StandardCharsets.UTF_16LE);
      sentences = sentences(description, then);
    }

    /** Empty where the directory is further behind than what was read. */
    private static Optional<String> in(byte[] head) {
      return Arrays.stream(values())
          .filter(contained -> Bytes.indexOf(head, contained.name) >= 0)
          .map(contained -> contained.sentences)
          .findFirst();
    }
  }

  /** A character of Unicode that draws boxes, in UTF-8 that is read as Latin-1. */
  private static final String BOX = "(?:\u00e2[\u0094\u0095][\u0080-\u00bf])";

  /**
   * A line that psql, mysql, sqlite3 or Markdown draw between the names of a table and its rows; a
   * text of dashes is none.
   */
  private static final Pattern DRAWN =
      Pattern.compile("(?=.*[|+])[|+ ]*+:?-{2,}+[-+|: ]*+| *+%1$s{2,}+(?: |%1$s)*+".formatted(BOX));

  /** The start of a table whose values stand below one another, each behind its name. */
  private static final Pattern ROW_BY_ROW =
      Pattern.compile(
          ("(?s)(?:(?:[-+]|%s){1,3}\\[ [^\\]\\n]{1,60} \\]"
                  + "|\\*{5,} 1\\. .{1,60}? \\*{5,}\\s"
                  + "|(?:\\w+ = [^\\n]*\\n\\s*){2}).*")
              .formatted(BOX));

  /** Bytes at the start that are checked for control characters and zero bytes. */
  private static final int SOME = 64;

  /** Switches between the character sets of some texts. */
  private static final byte ESCAPE = 0x1b;

  /** Where a tar archive says what it is. */
  private static final int TAR = 257;

  private final byte[] magic;
  private final String sentences;

  ForeignFormat(String description, String magic, String then) {
    this.magic = HexFormat.of().parseHex(magic);
    sentences = sentences(description, then);
  }

  private static String sentences(String description, String then) {
    return "It looks like %s. %s".formatted(description, then);
  }

  /** Names the format of a file that is not UTF-8 text, and the remedy; empty if it may be text. */
  static Optional<String> ofBytes(byte[] head) {
    Optional<ForeignFormat> known =
        Arrays.stream(values()).filter(format -> startsWith(head, format.magic)).findFirst();
    if (known.isPresent()) {
      Optional<String> contained = known.get() == XLS ? Contained.in(head) : Optional.empty();
      return contained.or(() -> known.map(format -> format.sentences));
    }
    if (head.length > TAR + 5 && latin1(Arrays.copyOfRange(head, TAR, TAR + 5)).equals("ustar")) {
      return Optional.of("It looks like a tar archive. " + Then.UNPACK);
    }
    return isTwoBytesEach(head)
        ? Optional.of("It looks like UTF-16 text without a byte order mark. " + Then.SAVE)
        : Optional.empty();
  }

  /** Names the format of a text without a usable header; empty if it is unknown. */
  static Optional<String> ofText(byte[] head) {
    Optional<String> binary = ofBinary(head);
    if (binary.isPresent()) {
      return binary;
    }
    String text =
        latin1(Arrays.copyOfRange(head, Text.markLength(head, 0), Math.min(head.length, 4096)))
            .strip();
    String start = text.toLowerCase(Locale.ROOT);
    if (start.startsWith("<!doctype html")
        || start.startsWith("<html")
        || start.contains("<table")) {
      return Optional.of(
          "It looks like an HTML page, perhaps a login or an error page instead of the download. If it is"
              + " the table itself (many systems name such a file .xls), open it in a spreadsheet and save"
              + " it as .xlsx or as \"CSV UTF-8\".");
    }
    if (start.startsWith("<")) {
      return Optional.of("It looks like XML. " + Then.SAVE);
    }
    if (start.matches("(?s)[{\\[]\\s*[{\\[\"].*")) {
      return Optional.of("It looks like JSON. " + Then.SAVE);
    }
    if (start.startsWith("-----begin pgp")) {
      return Optional.of("It is encrypted with PGP. Decrypt it first.");
    }
    if (start.matches("(?s)(?:--[^\\n]*+\\n\\s*+)*+(copy|insert into|create table|set) .*")) {
      return Optional.of("It looks like SQL. Export the table as CSV with a header.");
    }
    if (text.matches("(?s)(?:[A-Z][A-Za-z-]*+: [^\\n]*+\\n(?:\\s[^\\n]*+\\n)*+){3}.*")) {
      return Optional.of("It looks like an e-mail. Save its attachment and send that.");
    }
    return ROW_BY_ROW.matcher(text).matches()
        ? Optional.of(Then.TABLE)
        : ofLineBelow(text.lines().findFirst().orElse("")).or(() -> ofMail(text));
  }

  /** Recognises the encodings in which e-mails carry attachments. */
  private static Optional<String> ofMail(String text) {
    boolean mail =
        text.matches("(?s)[A-Za-z0-9+/]{60,76}\\r?\\n[A-Za-z0-9+/=].*")
            || text.matches("(?s)begin(-base64)? [0-7]{3,4} .*")
            || text.matches("(?s)[^\\r\\n]{50,75}=\\r?\\n.*");
    return mail
        ? Optional.of(
            "It looks like an attachment as e-mails carry it (base64, quoted-printable or uuencode)."
                + " Save the attachment with a mail program, and send that.")
        : Optional.empty();
  }

  /** The remedy for a file that is not text; empty if it may be text. */
  static Optional<String> ofBinary(byte[] head) {
    for (int i = 0; i < Math.min(head.length, SOME); i++) {
      boolean space = head[i] >= '\t' && head[i] <= '\r';
      if (head[i] >= 0 && head[i] < ' ' && head[i] != ESCAPE && !space) {
        return Optional.of("It is not text. " + Then.SAVE);
      }
    }
    return Optional.empty();
  }

  /**
   * The remedy for a table that is drawn with characters; empty if this line is not part of one.
   */
  static Optional<String> ofLineBelow(String line) {
    return DRAWN.matcher(line).matches() ? Optional.of(Then.TABLE) : Optional.empty();
  }

  private static boolean isTwoBytesEach(byte[] head) {
    int length = Math.min(head.length, SOME) & ~1;
    int even = 0;
    int odd = 0;
    for (int i = 0; i < length; i += 2) {
      even += head[i] == 0 ? 1 : 0;
      odd += head[i + 1] == 0 ? 1 : 0;
    }
    return length >= 8 && Math.max(even, odd) >= length / 2 - 2 && Math.min(even, odd) <= 2;
  }

  private static String latin1(byte[] bytes) {
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }

  private static boolean startsWith(byte[] bytes, byte[] prefix) {
    return bytes.length >= prefix.length
        && Arrays.equals(bytes, 0, prefix.length, prefix, 0, prefix.length);
  }
}
