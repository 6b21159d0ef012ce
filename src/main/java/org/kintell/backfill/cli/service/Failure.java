package org.kintell.backfill.cli.service;

import com.google.gson.JsonObject;

/** The reason why a command fails. The message is for people. */
public final class Failure extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final int exitCode;
  private final transient JsonObject problem;

  /** A failure that no server reported. */
  public Failure(int exitCode, String message) {
    this(exitCode, message, null);
  }

  /**
   * @param problem the server's problem document; null where there is none
   */
  Failure(int exitCode, String message, JsonObject problem) {
    super(message, null, false, false);
    this.exitCode = exitCode;
    this.problem = problem;
  }

  public int exitCode() {
    return exitCode;
  }

  /** The server's problem document, or one in its form. */
  public JsonObject problem() {
    if (problem != null) {
      return problem;
    }
    JsonObject own = new JsonObject();
    own.addProperty("type", "urn:kintell:exit:" + exitCode);
    own.addProperty("title", "kintell exits " + exitCode);
    own.addProperty("detail", getMessage());
    return own;
  }
}
