package org.kintell.backfill.row;

import com.github.f4b6a3.uuid.UuidCreator;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.UUID;
import java.util.function.Function;
import org.kintell.backfill.row.UserMatch.Found;

/**
 * A session to store.
 *
 * @param id UUIDv7, so that the primary key grows at its right edge
 * @param row its row in the file, from 1
 * @param externalId 1 to 255 code points
 * @param scheduledAt when it began, to the microsecond
 * @param completedAt when it ended: {@code scheduledAt} and the duration
 * @param rating from 1 to 5, or null
 * @param feedback or null
 * @param level CEFR level in upper case, or null
 */
public record Session(
    UUID id,
    long row,
    String externalId,
    SessionType type,
    UUID participantId,
    UUID volunteerId,
    Instant scheduledAt,
    Instant completedAt,
    int durationMinutes,
    BigDecimal rating,
    String feedback,
    String level)
    implements RowOutcome {

  /** The same session with another id. */
  public Session withId(UUID other) {
    return new Session(
        other,
        row,
        externalId,
        type,
        participantId,
        volunteerId,
        scheduledAt,
        completedAt,
        durationMinutes,
        rating,
        feedback,
        level);
  }

  /** The session of a row that keeps every rule. */
  public static Session of(SessionRow row) {
    Instant scheduledAt = row.scheduledAt();
    int minutes = Values.minutes(row.value(Column.DURATION_MIN));
    return new Session(
        UuidCreator.getTimeOrderedEpochFast(),
        row.number(),
        row.value(Column.SESSION_ID),
        SessionType.parse(row.value(Column.SESSION_TYPE)),
        ((Found) row.participant()).id(),
        ((Found) row.volunteer()).id(),
        scheduledAt,
        scheduledAt.plus(minutes, ChronoUnit.MINUTES),
        minutes,
        optional(row, Column.RATING, Values::rating),
        optional(row, Column.FEEDBACK_TEXT, text -> text),
        optional(row, Column.LANGUAGE_LEVEL, Values::level));
  }

  private static <T> T optional(SessionRow row, Column column, Function<String, T> read) {
    String text = row.value(column);
    return text.isEmpty() ? null : read.apply(text);
  }
}
