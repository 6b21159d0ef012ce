package org.kintell.backfill.job;

/** A job has a time zone that only a newer Java, that of the process that created it, knows. */
public final class UnknownZoneException extends RuntimeException {

  public static final String ADVICE = "Run every process of the service with a Java that knows it";

  private static final long serialVersionUID = 1L;

  UnknownZoneException(String zone) {
    super("Java %s does not know the time zone %s".formatted(Runtime.version(), zone));
  }
}
