import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.Random;

/**
 * Writes a sessions file and the users it needs, the same for the same arguments.
 *
 * <p>{@code java bench/Generate.java <rows> <folder> [badPercent=2] [seed=1]} writes {@code
 * sessions.csv}, {@code readable.csv} (the same without the rows that no CSV reader can take apart)
 * and {@code users.csv} (email,name,role). Of the texts some are quoted, multi-byte or span lines;
 * some addresses are written in another case than the user's.
 */
public class Generate {

  private static final int USERS = 22_000;

  /** All that can be wrong with a row. */
  private enum Fault {
    REPEATED_ID,
    LONG_ID,
    MISSING_VALUE,
    TYPE,
    UNKNOWN_PARTICIPANT,
    UNKNOWN_VOLUNTEER,
    AMBIGUOUS_PARTICIPANT,
    MALFORMED_ADDRESS,
    DATE,
    DAY_OF_MONTH,
    DURATION,
    RATING,
    LEVEL,
    SEVERAL,
    // From here on the row cannot be read.
    FIELD_TOO_MANY,
    FIELD_TOO_FEW,
    TEXT_BEHIND_QUOTE,
    QUOTE_LEFT_OPEN,
    NOT_UTF8,
    NUL;

    boolean isReadable() {
      return ordinal() < FIELD_TOO_MANY.ordinal();
    }
  }

  private static final Fault[] FAULTS = Fault.values();

  private static final String HEADER =
      "session_id,session_type,participant_email,volunteer_email,date,duration_min,rating,"
          + "feedback_text,language_level\n";
  private static final String[] FEEDBACK = {
    "", "Great session!", "\"Well, it was fine\"", "Très utile – à bientôt", "\"She said \"\"thanks\"\"\"",
    "素晴らしいセッション", "\"First line\nsecond line\"", "Needs more practice with past tenses and articles",
  };
  private static final String[] LEVELS = {"A1", "A2", "B1", "B2", "C1", "C2", "", "b1"};
  private static final String[] RATINGS = {"", "1", "2", "3", "4", "5", "4.5", "3.25"};
  private static final LocalDateTime FIRST_DATE = LocalDateTime.of(2019, 1, 1, 8, 0);

  public static void main(String[] args) throws IOException {
    long rows = Long.parseLong(args[0]);
    Path folder = Files.createDirectories(Path.of(args[1]));
    int badPercent = args.length > 2 ? Integer.parseInt(args[2]) : 2;
    Random random = new Random(args.length > 3 ? Long.parseLong(args[3]) : 1);
    writeUsers(folder.resolve("users.csv"));
    try (OutputStream all = open(folder.resolve("sessions.csv"));
        OutputStream readable = open(folder.resolve("readable.csv"))) {
      all.write(HEADER.getBytes(StandardCharsets.UTF_8));
      readable.write(HEADER.getBytes(StandardCharsets.UTF_8));
      for (long row = 1; row <= rows; row++) {
        boolean bad = random.nextInt(100) < badPercent;
        Fault fault = bad ? FAULTS[random.nextInt(FAULTS.length)] : null;
        Charset charset =
            fault == Fault.NOT_UTF8 ? StandardCharsets.ISO_8859_1 : StandardCharsets.UTF_8;
        byte[] record = row(row, fault, random).getBytes(charset);
        all.write(record);
        if (fault == null || fault.isReadable()) {
          readable.write(record);
        }
      }
    }
  }

  private static String row(long row, Fault fault, Random random) {
    String id = "kintell-session-" + row;
    String type = random.nextBoolean() ? "Language Connect" : "Mentorship";
    String participant = "participant" + (1 + random.nextInt(USERS / 2 - 2)) + "@example.com";
    String volunteer = "volunteer" + random.nextInt(USERS / 2) + "@example.com";
    String date = FIRST_DATE.plusMinutes(random.nextInt(3_000_000)) + ":00Z";
    String duration = Integer.toString(15 + random.nextInt(90));
    String rating = RATINGS[random.nextInt(RATINGS.length)];
    String feedback = FEEDBACK[random.nextInt(FEEDBACK.length)];
    String level = LEVELS[random.nextInt(LEVELS.length)];
    String end = "\n";
    if (random.nextInt(50) == 0) {
      volunteer = volunteer.replace("volunteer", "Volunteer");
    }
    if (fault != null) {
      switch (fault) {
        case REPEATED_ID -> id = "kintell-session-" + Math.max(1, row / 2);
        case LONG_ID -> id = id + "x".repeat(256);
        case MISSING_VALUE -> volunteer = "";
        case TYPE -> type = "Chat";
        case UNKNOWN_PARTICIPANT -> participant = "nobody" + row + "@example.com";
        case UNKNOWN_VOLUNTEER -> volunteer = "nobody" + row + "@example.com";
        case AMBIGUOUS_PARTICIPANT -> participant = "PARTICIPANT0@example.com";
        case MALFORMED_ADDRESS -> volunteer = "not an address";
        case DATE -> date = "yesterday";
        case DAY_OF_MONTH -> date = "2023-02-29T10:00:00Z";
        case DURATION -> duration = "-5";
        case RATING -> rating = "7";
        case LEVEL -> level = "D1";
        case SEVERAL -> {
          type = "Chat";
          participant = "";
          date = "2024-01-15";
        }
        case FIELD_TOO_MANY -> end = ",one field too many\n";
        case FIELD_TOO_FEW -> date = date + duration;
        case TEXT_BEHIND_QUOTE -> feedback = "\"Closed\" too early";
        case QUOTE_LEFT_OPEN -> feedback = "\"never closed";
        case NOT_UTF8 -> feedback = "déjà vu";
        case NUL -> feedback = "a\0b";
      }
    }
    return fault == Fault.FIELD_TOO_FEW
        ? String.join(",", id, type, participant, volunteer, date, rating, feedback, level) + end
        : String.join(
                ",", id, type, participant, volunteer, date, duration, rating, feedback, level)
            + end;
  }

  /** The first participant is there twice, in two cases, and in no other. */
  private static void writeUsers(Path file) throws IOException {
    StringBuilder users = new StringBuilder("email,name,role\n");
    users.append("Participant0@example.com,Participant 0,participant\n");
    for (int i = 0; i < USERS / 2; i++) {
      if (i < USERS / 2 - 1) {
        users.append("participant%d@example.com,Participant %d,participant\n".formatted(i, i));
      }
      users.append("volunteer%d@example.com,Volunteer %d,volunteer\n".formatted(i, i));
    }
    Files.writeString(file, users);
  }

  private static OutputStream open(Path file) throws IOException {
    return new BufferedOutputStream(Files.newOutputStream(file), 1 << 16);
  }
}
