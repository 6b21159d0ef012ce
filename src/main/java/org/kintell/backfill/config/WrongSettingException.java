package org.kintell.backfill.config;

/** A setting has a wrong value. The message is the line that a person needs. */
public final class WrongSettingException extends RuntimeException {

  public static final String PORT = "a whole number from 0 to 65535";

  private static final long serialVersionUID = 1L;

  /**
   * @param variable the environment variable
   * @param value the configured value, without secrets
   * @param expected the allowed values
   */
  public WrongSettingException(String variable, String value, String expected) {
    super("Invalid %s '%s': expected %s".formatted(variable, value, expected));
  }

  /**
   * @param cause the failure that the value caused; the message includes its text
   */
  public WrongSettingException(String variable, String value, String expected, Exception cause) {
    this(variable, value, "%s (%s)".formatted(expected, cause));
    initCause(cause);
  }
}
