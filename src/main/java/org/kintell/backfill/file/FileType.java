package org.kintell.backfill.file;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The kinds of files that are taken, by the ending of their names in any case. The command line has
 * this class in its jar.
 */
public enum FileType {
  CSV(".csv"),
  PACKED_CSV(".csv.gz"),
  ZIP(".zip"),
  WORKBOOK(".xlsx");

  private final String ending;

  FileType(String ending) {
    this.ending = ending;
  }

  /** The type that a file's name says; empty where its ending is another. */
  public static Optional<FileType> of(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    return Arrays.stream(values()).filter(type -> lower.endsWith(type.ending)).findFirst();
  }

  /** The ending in lower case, with its dot. */
  public String ending() {
    return ending;
  }

  /** All endings, for a sentence: {@code .csv, .zip or .xlsx}. */
  public static String endings() {
    String all = Arrays.stream(values()).map(FileType::ending).collect(Collectors.joining(", "));
    int last = all.lastIndexOf(", ");
    return all.substring(0, last) + " or " + all.substring(last + 2);
  }

  /** A name without its ending. */
  public static String stem(String name) {
    return of(name)
        .map(type -> name.substring(0, name.length() - type.ending.length()))
        .orElse(name);
  }
}
