package org.kintell.backfill.row;

import java.util.Locale;

/** The columns of a sessions file, in the order in which the faults of a row are reported. */
public enum Column {
  SESSION_ID,
  SESSION_TYPE,
  PARTICIPANT_EMAIL,
  VOLUNTEER_EMAIL,
  DATE,
  DURATION_MIN,
  RATING,
  FEEDBACK_TEXT,
  LANGUAGE_LEVEL;

  private final String header = name().toLowerCase(Locale.ROOT);

  /** The name that stands in the header, lower-case. */
  public String header() {
    return header;
  }
}
