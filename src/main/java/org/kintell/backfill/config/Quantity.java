package org.kintell.backfill.config;

/** Formats numbers of things for people. */
public final class Quantity {

  private Quantity() {}

  /** {@code 1 row}, {@code 2 rows}. */
  public static String of(long number, String thing) {
    return number + " " + thing + (number == 1 ? "" : "s");
  }
}
