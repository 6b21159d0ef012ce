package org.kintell.backfill.config;

/**
 * A setting that must be neither shown nor interpreted. Because it is not a {@code String}, Spring
 * neither resolves placeholders in it nor evaluates expressions: a password may hold <code>${
 * </code> and <code>#{</code>.
 *
 * @param value the configured text; empty if the setting is absent
 */
public record Secret(String value) {

  public static final Secret NONE = new Secret("");

  /** Whether the setting is present. */
  public boolean isPresent() {
    return !value.isBlank();
  }

  /** Without the value. */
  @Override
  public String toString() {
    return isPresent() ? "***" : "";
  }
}
