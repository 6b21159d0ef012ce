package org.kintell.backfill.config;

/**
 * A setting that must be neither shown nor interpreted. Because it is no {@code String}, Spring
 * neither resolves placeholders in it nor evaluates expressions: a password may hold <code>${
 * </code> and <code>#{</code>.
 *
 * @param value as it was set; empty where it was not
 */
public record Secret(String value) {

  public static final Secret NONE = new Secret("");

  /** Whether it was set. */
  public boolean isPresent() {
    return !value.isBlank();
  }

  /** Without the value. */
  @Override
  public String toString() {
    return isPresent() ? "***" : "";
  }
}
