package org.kintell.backfill.http.problem;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import java.util.Locale;
import org.springframework.http.HttpStatus;

/**
 * A problem document (RFC 9457).
 *
 * @param type a stable identifier
 * @param title the kind of problem
 * @param detail what is wrong, and what to do
 * @param error the title again, for older clients
 * @param rows the rows of a job that it is about; null for none
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Problem(
    String type, String title, int status, String detail, String error, List<Long> rows) {

  public static final String MEDIA_TYPE = "application/problem+json";

  private static final String TYPES = "urn:kintell-connector:problem:";

  public static Problem of(HttpStatus status, String type, String title, String detail) {
    return new Problem(TYPES + type, title, status.value(), detail, title, null);
  }

  Problem withRows(List<Long> all) {
    return new Problem(type, title, status, detail, error, all);
  }

  /**
   * The document for a mere status, with which Tomcat or Spring refused a request.
   *
   * @param allowed the methods of the address; null if unknown
   */
  public static Problem of(int code, String allowed) {
    HttpStatus known = HttpStatus.resolve(code);
    HttpStatus status = known == null ? HttpStatus.INTERNAL_SERVER_ERROR : known;
    String detail =
        switch (status) {
          case NOT_FOUND -> "There is nothing at this address.";
          case METHOD_NOT_ALLOWED ->
              allowed == null
                  ? "Use another method; /openapi.json lists those of each address."
                  : "Use one of: " + allowed + ".";
          case BAD_REQUEST ->
              "The address is malformed, or the headers are larger than BACKFILL_MAX_HEADER. Check both.";
          case UNSUPPORTED_MEDIA_TYPE -> "Send JSON, with Content-Type: application/json.";
          case NOT_ACCEPTABLE ->
              "Let Accept allow application/json, or text/csv where that is offered.";
          default ->
              status.is5xxServerError()
                  ? ProblemType.Texts.UNEXPECTED
                  : "The request cannot be served as it is.";
        };
    String type = status.name().toLowerCase(Locale.ROOT).replace('_', '-');
    return of(status, type, status.getReasonPhrase(), detail);
  }
}
