package org.kintell.backfill.config;

/** A setting has a wrong value. The message is the line that a person needs. */
public final class WrongSettingException extends RuntimeException {

  public static final String PORT = "a whole number from 0 to 65535";

  private static final long serialVersionUID = 1L;

  /**
   * @param variable the environment variable
   * @param value what it was set to, without secrets
   * @param expected what it may be
   */
  public WrongSettingException(String variable, String value, String expected) {
    super("Invalid %s '%s': expected %s".formatted(variable, value, expected));
  }

  /**
   * @param cause what was tried with the value and failed; its words are shown
   */
  public WrongSettingException(String variable, String value, String expected, Exception cause) {
    this(variable, value, "%s (%s)".formatted(expected, cause));
    initCause(cause);
  }
}
