package org.kintell.bench;

import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.OffsetDateTime;
import java.util.Locale;
import java.util.UUID;
import org.springframework.batch.item.ItemProcessor;
import org.springframework.batch.item.validator.ValidationException;
import org.springframework.stereotype.Component;

/** Makes a session of a row that kept the constraints. */
@Component
class SessionProcessor implements ItemProcessor<SessionRow, Session> {

  private final UserDirectory users;

  SessionProcessor(UserDirectory users) {
    this.users = users;
  }

  @Override
  public Session process(SessionRow row) {
    OffsetDateTime scheduledAt = date(row.date());
    int minutes = minutes(row.durationMin());
    return new Session(
        UUID.randomUUID(),
        row.sessionId(),
        row.sessionType().equalsIgnoreCase("Mentorship") ? "mentorship" : "language",
        user("Participant", row.participantEmail()),
        user("Volunteer", row.volunteerEmail()),
        scheduledAt,
        scheduledAt.plusMinutes(minutes),
        minutes,
        row.rating().isEmpty() ? null : new BigDecimal(row.rating()),
        row.feedbackText().isEmpty() ? null : row.feedbackText(),
        row.languageLevel().isEmpty() ? null : row.languageLevel().toUpperCase(Locale.ROOT));
  }

  private UUID user(String role, String email) {
    UUID id = users.find(email);
    if (id == null) {
      throw new ValidationException(role + " not found: " + email);
    }
    return id;
  }

  private static OffsetDateTime date(String text) {
    try {
      return OffsetDateTime.parse(text);
    } catch (DateTimeException e) {
      throw new ValidationException("Invalid date format: " + text, e);
    }
  }

  private static int minutes(String text) {
    try {
      int minutes = Integer.parseInt(text);
      if (minutes > 0) {
        return minutes;
      }
    } catch (NumberFormatException e) {
      // Said below, like a number out of range.
    }
    throw new ValidationException("Invalid duration: " + text);
  }
}
