package org.kintell.backfill.testsupport;

import java.nio.charset.StandardCharsets;
import java.util.function.LongPredicate;
import java.util.stream.LongStream;

/** Sessions files of any size for two users, who must exist. */
public final class SessionFiles {

  public static final String PARTICIPANT = "participant@example.com";
  public static final String VOLUNTEER = "volunteer@example.com";

  public static final String HEADER =
      "session_id,session_type,participant_email,volunteer_email,date,duration_min,rating,"
          + "feedback_text,language_level\n";

  private SessionFiles() {}

  /** Rows 1 to {@code rows} with the ids {@code S-1}, {@code S-2} …, all good. */
  public static byte[] good(long rows) {
    return withBadRows(rows, row -> false);
  }

  /** The same, with a rating of 9 in the rows of the predicate. */
  public static byte[] withBadRows(long rows, LongPredicate bad) {
    StringBuilder file = new StringBuilder(HEADER);
    LongStream.rangeClosed(1, rows)
        .forEach(row -> file.append(row("S-" + row, bad.test(row) ? "9" : "4.5")));
    return file.toString().getBytes(StandardCharsets.UTF_8);
  }

  /** One line of a file. */
  public static String row(String id, String rating) {
    return "%s,Language Connect,%s,%s,2024-01-15T10:00:00Z,60,%s,Fine,B1\n"
        .formatted(id, PARTICIPANT, VOLUNTEER, rating);
  }
}
