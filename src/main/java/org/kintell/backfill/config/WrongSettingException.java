package org.kintell.backfill.config;

/** A setting with a value that cannot be. The message is the line that a person needs. */
public final class WrongSettingException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /**
   * @param variable the environment variable
   * @param value what it was set to, without secrets
   * @param allowed what it may be
   */
  public WrongSettingException(String variable, String value, String allowed) {
    super("%s=%s is not possible. Allowed: %s".formatted(variable, value, allowed));
  }
}
