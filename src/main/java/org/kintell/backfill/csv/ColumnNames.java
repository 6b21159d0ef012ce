package org.kintell.backfill.csv;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.kintell.backfill.config.Spelling;
import org.kintell.backfill.row.Column;
import org.kintell.backfill.row.WhiteSpace;

/** How the names in a header are compared with those of the columns. */
final class ColumnNames {

  static final List<String> KNOWN = Arrays.stream(Column.values()).map(Column::header).toList();

  /** Fewer letters are part of too many words. */
  private static final int SHORTEST_WORD = 4;

  /** Letters that may be wrong in a name that is still the same. */
  private static final int MOST_TYPOS = 2;

  private ColumnNames() {}

  /** Lower-case, without white space around it, and with underscores for spaces and hyphens. */
  static String normal(String name) {
    StringBuilder normal = new StringBuilder(WhiteSpace.strip(name).toLowerCase(Locale.ROOT));
    for (int i = 0; i < normal.length(); i++) {
      char c = normal.charAt(i);
      if (c == '-' || WhiteSpace.is(c)) {
        normal.setCharAt(i, '_');
      }
    }
    return normal.toString();
  }

  /** The same for all names. */
  static List<String> normal(List<String> names) {
    return names.stream().map(ColumnNames::normal).toList();
  }

  /** The name among others that probably means a column, if one does. */
  static Optional<String> meant(String column, List<String> others) {
    String wanted = letters(column);
    return others.stream()
        .filter(other -> letters(other).equals(wanted))
        .findFirst()
        .or(() -> others.stream().filter(other -> isClose(letters(other), wanted)).findFirst())
        .or(() -> others.stream().filter(other -> overlaps(other, column)).findFirst());
  }

  private static String letters(String name) {
    StringBuilder letters = new StringBuilder();
    name.toLowerCase(Locale.ROOT)
        .codePoints()
        .filter(Character::isLetterOrDigit)
        .forEach(letters::appendCodePoint);
    return letters.toString();
  }

  /**
   * Two wrong letters are too many where the first is one of them: {@code Name} is not {@code
   * date}.
   */
  private static boolean isClose(String name, String wanted) {
    if (name.length() < SHORTEST_WORD) {
      return false;
    }
    int most = name.charAt(0) == wanted.charAt(0) ? MOST_TYPOS : 1;
    return Math.abs(name.length() - wanted.length()) <= most
        && Spelling.distance(name, wanted) <= most;
  }

  /**
   * Whether they share the first word of the column, as in {@code Duration} or {@code Volunteer}.
   */
  private static boolean overlaps(String name, String column) {
    String word = column.split("_")[0];
    return word.length() >= SHORTEST_WORD
        && !word.equals("session")
        && letters(name).contains(word);
  }
}
