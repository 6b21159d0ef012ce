package org.kintell.backfill.testsupport;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/**
 * A file of good rows, bad rows and repeats, and its expected outcome, computed row by row.
 *
 * @param sessions the row of each imported session, by its id
 * @param errors the error file
 */
public record GeneratedFile(String text, Map<String, Long> sessions, String errors) {

  public static final String HEADER =
      "session_id,session_type,participant_email,volunteer_email,date,duration_min,rating,"
          + "feedback_text,language_level";
  public static final String PARTICIPANT = "john@example.com";
  public static final String VOLUNTEER = "sarah@example.com";

  private static final String GOOD =
      "%s,Mentorship,john@example.com,sarah@example.com,2024-01-15T10:00:00Z,60,5,%s,B1";

  /** The same rows for the same seed. */
  public static GeneratedFile of(int rows, long seed) {
    Random random = new Random(seed);
    List<String> used = new ArrayList<>(List.of("S-0"));
    Set<String> taken = new HashSet<>();
    Map<String, Long> sessions = new LinkedHashMap<>();
    StringBuilder text = new StringBuilder(HEADER + "\n");
    StringBuilder errors = new StringBuilder(HEADER + ",_error_row,_error_message\n");
    for (long row = 1; row <= rows; row++) {
      boolean repeat = random.nextInt(5) == 0;
      String id = repeat ? used.get(random.nextInt(used.size())) : "S-" + row;
      used.add(id);
      Row next = row(id, random.nextInt(10));
      text.append(next.text()).append(random.nextInt(8) == 0 ? "\n\n" : "\n");
      String message = next.fault();
      if (message == null && !taken.add(id)) {
        message = "Duplicate key value violates unique constraint: " + id;
      }
      if (message == null) {
        sessions.put(id, row);
      } else {
        errors
            .append(next.filledUp())
            .append(",")
            .append(row)
            .append(",")
            .append(message)
            .append("\n");
      }
    }
    return new GeneratedFile(text.toString(), sessions, errors.toString());
  }

  private record Row(String text, String fault) {

    /** The form in the error file: a short row has all fields of the header. */
    String filledUp() {
      return fault != null && fault.startsWith("Column count") ? text + ",,,,,," : text;
    }
  }

  private static Row row(String id, int kind) {
    String good = GOOD.formatted(id, "Good");
    return switch (kind) {
      case 0 ->
          new Row(
              good.replace(PARTICIPANT, "nobody@example.com"),
              "Participant not found: nobody@example.com");
      case 1 -> new Row(good.replace("Z,60,", "Z,none,"), "Invalid duration: none");
      case 2 -> new Row(id + ",\"closed\" badly", "Invalid quoting");
      case 3 -> new Row(id + ",too,few", "Column count mismatch: expected 9 found 3");
      case 4, 5 -> new Row(GOOD.formatted(id, "\"two lines,\n\"\"quoted\"\"\""), null);
      default -> new Row(good, null);
    };
  }

  public byte[] bytes() {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  public long failed() {
    return rows() - sessions.size();
  }

  /** Every reject names its row. */
  private long rows() {
    return sessions.size() + errors.lines().filter(line -> line.matches(".*,\\d+,[A-Z].*")).count();
  }
}
