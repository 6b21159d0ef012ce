package org.kintell.backfill.erasure;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.kintell.backfill.row.Fault;

/**
 * The address of a person, in any text. Bytes are read as Latin-1, one character each: addresses
 * are ASCII, or are found by their bytes in UTF-8.
 */
final class PersonAddress {

  /** Replaces each byte that is erased. */
  static final byte ERASED = '*';

  /** A letter, a digit, or a byte of a character beyond ASCII. */
  private static final String WORD = "[0-9A-Za-z\\x{80}-\\x{ff}]";

  private static final int BUFFER = 64 * 1024;

  private final List<String> spellings;
  private final List<String> wanted;
  private final List<Pattern> patterns;

  PersonAddress(String address) {
    // ASCII is compared in any case; other letters as given, all upper-case or all lower-case.
    spellings =
        Stream.of(address, address.toLowerCase(Locale.ROOT), address.toUpperCase(Locale.ROOT))
            .map(spelling -> latin1(spelling.getBytes(StandardCharsets.UTF_8)))
            .distinct()
            .toList();
    wanted = spellings.stream().map(PersonAddress::lower).toList();
    // A message repeats the first characters of a long address.
    patterns =
        spellings.stream()
            .flatMap(spelling -> Stream.of(spelling, beginning(spelling)).distinct())
            .map(PersonAddress::pattern)
            .toList();
  }

  private static String beginning(String spelling) {
    return spelling.substring(0, Math.min(spelling.length(), Fault.ECHO));
  }

  /** The address, except within a longer one. */
  private static Pattern pattern(String spelling) {
    return Pattern.compile(
        "(?<!%1$s)(?<!%1$s[._%%+'-])%2$s(?!%1$s)(?![.-]%1$s)"
            .formatted(WORD, Pattern.quote(spelling)),
        Pattern.CASE_INSENSITIVE);
  }

  /** Whether the address occurs anywhere in a stream, even within a longer one. */
  boolean isIn(InputStream in) throws IOException {
    int longest = spellings.stream().mapToInt(String::length).max().orElseThrow();
    byte[] buffer = new byte[BUFFER];
    String before = "";
    for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
      String text = before + lower(latin1(Arrays.copyOf(buffer, count)));
      if (isIn(text)) {
        return true;
      }
      before = text.substring(Math.max(0, text.length() - longest));
    }
    return false;
  }

  /** The record with asterisks instead of the address; null if it is not the person's. */
  byte[] erasedFrom(byte[] record) {
    String text = latin1(record);
    if (!isIn(lower(text))) {
      return null;
    }
    byte[] erased = null;
    for (Pattern pattern : patterns) {
      for (Matcher found = pattern.matcher(text); found.find(); ) {
        erased = erased == null ? record.clone() : erased;
        Arrays.fill(erased, found.start(), found.end(), ERASED);
      }
    }
    return erased;
  }

  /** Much faster than the patterns, which then examine few records. */
  private boolean isIn(String lower) {
    for (String spelling : wanted) {
      if (lower.contains(spelling)) {
        return true;
      }
    }
    return false;
  }

  private static String lower(String text) {
    return text.toLowerCase(Locale.ROOT);
  }

  static String latin1(byte[] bytes) {
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }
}
