package org.kintell.backfill.row;

import java.util.Locale;

/** The types of session, with their names in files and in the database. */
public enum SessionType {
  LANGUAGE("language connect"),
  MENTORSHIP("mentorship");

  private final String title;
  private final String stored = name().toLowerCase(Locale.ROOT);

  SessionType(String title) {
    this.title = title;
  }

  /** {@code language} or {@code mentorship}. */
  public String stored() {
    return stored;
  }

  /** The type stored under this name. */
  public static SessionType ofStored(String stored) {
    return valueOf(stored.toUpperCase(Locale.ROOT));
  }

  /** The type with this title in any case, or null. */
  static SessionType parse(String text) {
    String lowerCase = text.toLowerCase(Locale.ROOT);
    for (SessionType type : values()) {
      if (type.title.equals(lowerCase)) {
        return type;
      }
    }
    return null;
  }
}
