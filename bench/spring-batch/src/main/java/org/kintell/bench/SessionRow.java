package org.kintell.bench;

import jakarta.validation.constraints.Email;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;

/** A row of the file, trimmed. */
public record SessionRow(
    @NotBlank @Size(max = 255) String sessionId,
    @NotBlank @Pattern(regexp = "(?i)Language Connect|Mentorship") String sessionType,
    @NotBlank @Email String participantEmail,
    @NotBlank @Email String volunteerEmail,
    @NotBlank String date,
    @NotBlank @Pattern(regexp = "[0-9]+") String durationMin,
    @Pattern(regexp = "|[1-4](\\.[0-9]+)?|5(\\.0+)?") String rating,
    String feedbackText,
    @Pattern(regexp = "|(?i)[ABC][12]") String languageLevel) {}
