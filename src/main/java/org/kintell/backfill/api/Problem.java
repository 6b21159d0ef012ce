package org.kintell.backfill.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.springframework.http.HttpStatus;

/**
 * A problem document (RFC 9457).
 *
 * @param type a stable identifier
 * @param title what kind of problem it is
 * @param detail what to do
 * @param error the title again, for older clients
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Problem(String type, String title, int status, String detail, String error) {

  static final String MEDIA_TYPE = "application/problem+json";

  private static final String TYPES = "urn:kintell-connector:problem:";

  static Problem of(HttpStatus status, String type, String title, String detail) {
    return new Problem(TYPES + type, title, status.value(), detail, title);
  }
}
