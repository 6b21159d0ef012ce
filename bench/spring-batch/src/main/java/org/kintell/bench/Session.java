package org.kintell.bench;

import java.math.BigDecimal;
import java.time.OffsetDateTime;
import java.util.UUID;

/** A session as it is stored. */
public record Session(
    UUID id,
    String externalSessionId,
    String sessionType,
    UUID participantId,
    UUID volunteerId,
    OffsetDateTime scheduledAt,
    OffsetDateTime completedAt,
    int durationMinutes,
    BigDecimal rating,
    String feedbackText,
    String languageLevel) {}
