package org.kintell.backfill.cli.service;

/** The exit codes of {@code kintell}; docs/cli.md has the table. */
public final class ExitCode {

  public static final int DONE = 0;
  public static final int FAILED = 1;
  public static final int WRONG_USAGE = 2;
  public static final int REJECTS = 3;
  public static final int NOT_ALLOWED = 4;
  public static final int NOT_REACHED = 5;
  public static final int REFUSED = 6;
  public static final int PAUSED = 7;
  public static final int STILL_GOING = 8;
  public static final int INCONSISTENT = 9;
  public static final int INTERRUPTED = 130;

  private ExitCode() {}
}
