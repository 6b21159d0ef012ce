import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.Random;

/**
 * Writes a sessions file and the users it needs, the same for the same arguments.
 *
 * <p>{@code java bench/Generate.java <rows> <folder> [badPercent=2] [seed=1]} writes {@code
 * sessions.csv} and {@code users.csv} (email,name,role). Of the texts some are quoted, multi-byte or
 * span lines; bad rows are of every kind in turn.
 */
public class Generate {

  private static final int USERS = 22_000;

  private static final String[] FEEDBACK = {
    "", "Great session!", "\"Well, it was fine\"", "Très utile – à bientôt", "\"She said \"\"thanks\"\"\"",
    "素晴らしいセッション", "\"First line\nsecond line\"", "Needs more practice with past tenses and articles",
  };
  private static final String[] LEVELS = {"A1", "A2", "B1", "B2", "C1", "C2", "", "b1"};
  private static final String[] RATINGS = {"", "1", "2", "3", "4", "5", "4.5", "3.25"};

  public static void main(String[] args) throws IOException {
    long rows = Long.parseLong(args[0]);
    Path folder = Files.createDirectories(Path.of(args[1]));
    int badPercent = args.length > 2 ? Integer.parseInt(args[2]) : 2;
    Random random = new Random(args.length > 3 ? Long.parseLong(args[3]) : 1);
    writeUsers(folder.resolve("users.csv"));
    try (BufferedWriter out = writer(folder.resolve("sessions.csv"))) {
      out.write(
          "session_id,session_type,participant_email,volunteer_email,date,duration_min,rating,"
              + "feedback_text,language_level\n");
      LocalDateTime start = LocalDateTime.of(2019, 1, 1, 8, 0);
      for (long row = 1; row <= rows; row++) {
        boolean bad = random.nextInt(100) < badPercent;
        out.write(row(row, bad ? random.nextInt(10) : -1, random, start));
      }
    }
  }

  private static String row(long row, int fault, Random random, LocalDateTime start) {
    String id = fault == 0 ? "kintell-session-" + Math.max(1, row / 2) : "kintell-session-" + row;
    String type = random.nextBoolean() ? "Language Connect" : "Mentorship";
    String participant = "participant" + random.nextInt(USERS / 2) + "@example.com";
    String volunteer = "volunteer" + random.nextInt(USERS / 2) + "@example.com";
    String date = start.plusMinutes(random.nextInt(3_000_000)) + ":00Z";
    String duration = Integer.toString(15 + random.nextInt(90));
    String rating = RATINGS[random.nextInt(RATINGS.length)];
    String feedback = FEEDBACK[random.nextInt(FEEDBACK.length)];
    String level = LEVELS[random.nextInt(LEVELS.length)];
    switch (fault) {
      case 1 -> type = "Chat";
      case 2 -> participant = "nobody" + row + "@example.com";
      case 3 -> volunteer = "not an address";
      case 4 -> date = "yesterday";
      case 5 -> duration = "-5";
      case 6 -> rating = "7";
      case 7 -> level = "D1";
      case 8 -> volunteer = "";
      default -> {}
    }
    String line =
        String.join(
            ",", id, type, participant, volunteer, date, duration, rating, feedback, level);
    return (fault == 9 ? line + ",one field too many" : line) + "\n";
  }

  private static void writeUsers(Path file) throws IOException {
    try (BufferedWriter out = writer(file)) {
      out.write("email,name,role\n");
      for (int i = 0; i < USERS / 2; i++) {
        out.write("participant%d@example.com,Participant %d,participant\n".formatted(i, i));
        out.write("volunteer%d@example.com,Volunteer %d,volunteer\n".formatted(i, i));
      }
    }
  }

  private static BufferedWriter writer(Path file) throws IOException {
    return Files.newBufferedWriter(file, StandardCharsets.UTF_8);
  }
}
