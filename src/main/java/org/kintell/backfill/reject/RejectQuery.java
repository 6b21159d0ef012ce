package org.kintell.backfill.reject;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.kintell.backfill.http.problem.ApiException;
import org.kintell.backfill.http.problem.ProblemType;
import org.kintell.backfill.row.Column;
import org.kintell.backfill.row.Fault;
import org.kintell.backfill.row.Rule;

/**
 * The filter of a request for rejects.
 *
 * @param cause null for all
 * @param column of the value; null without one
 * @param value of the faulty cell; null for all
 * @param open only rejects that no job has taken or imported
 */
public record RejectQuery(Rule cause, Column column, String value, boolean open) {

  /** Reads the parameters of a request; null stands for one that was not sent. */
  public static RejectQuery of(String cause, String value, String column, String open) {
    Rule rule = cause == null ? null : rule(cause);
    if (value != null && rule == null) {
      throw ApiException.invalidParameter("value", value, "sent together with cause");
    }
    return new RejectQuery(
        rule, value == null ? null : column(rule, column), value, open != null && isTrue(open));
  }

  private static Rule rule(String cause) {
    return Rule.of(cause)
        .orElseThrow(
            () ->
                new ApiException(
                    ProblemType.UNKNOWN_CAUSE,
                    Arrays.stream(Rule.values())
                        .map(Rule::cause)
                        .collect(Collectors.joining(", "))));
  }

  private static Column column(Rule rule, String name) {
    List<Column> possible = rule.columns();
    if (name == null && possible.size() == 1) {
      return possible.get(0);
    }
    return possible.stream()
        .filter(column -> column.header().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                ApiException.invalidParameter(
                    "column",
                    name == null ? "" : name,
                    possible.isEmpty()
                        ? "left out, and value too: the cause is one of the row as a whole"
                        : possible.stream()
                            .map(Column::header)
                            .collect(Collectors.joining(", ", "one of ", ""))));
  }

  /** Strict: a client that requests open rejects must not get others. */
  private static boolean isTrue(String open) {
    if (open.equals("true") || open.equals("false")) {
      return open.equals("true");
    }
    throw ApiException.invalidParameter("open", open, "true or false");
  }

  /** The identifier of the cause; null for all. */
  public String causeName() {
    return cause == null ? null : cause.cause();
  }

  /** Text in the message of a matching reject, between separators; null for all. */
  String message() {
    return value == null
        ? null
        : RejectFaults.SEPARATOR
            + new Fault(cause, column, value).message()
            + RejectFaults.SEPARATOR;
  }

  /** The cell of a matching record whose message does not repeat the value; else null. */
  String cell() {
    return cause == Rule.EMAIL ? value : null;
  }
}
