package org.kintell.backfill.reject;

import static java.util.stream.Collectors.toMap;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.kintell.backfill.http.problem.ApiException;
import org.kintell.backfill.http.problem.ProblemType;

/**
 * A client's changes to the rejects of a job.
 *
 * @param rows changes of single rows, which win over rules
 * @param rules changes of every open reject that has a value
 * @param leaveOut numbers of rows that stay rejects
 */
public record Corrections(List<Row> rows, List<Replacement> rules, Set<Long> leaveOut) {

  /** Strict: an unknown member would be a change that is silently ignored. */
  private static final ObjectMapper JSON =
      new ObjectMapper()
          .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT);

  /** Longest text of a cell, in characters: longer ones are shown in the error file only. */
  private static final int LONGEST_CELL = 64 * 1024;

  /** Longest text of a rule, in characters: a rule writes it into every open reject. */
  private static final int LONGEST_REPLACEMENT = 1000;

  /** The most characters that all rules together write into one reject. */
  private static final int MOST_REPLACED = 10_000;

  public Corrections {
    rows = rows == null ? List.of() : rows;
    rules = rules == null ? List.of() : rules;
    leaveOut = leaveOut == null ? Set.of() : leaveOut;
  }

  /**
   * New texts for a row.
   *
   * @param fields by column; null for a row that cannot be split
   * @param text the whole row; null for a row that is split
   */
  public record Row(long row, Map<String, String> fields, String text) {}

  /** A new text for every cell of a column with the old text. */
  public record Replacement(String column, String from, String to) {}

  /**
   * Reads the body of a request.
   *
   * @throws ApiException if it cannot be understood
   */
  public static Corrections of(byte[] body) {
    Corrections corrections;
    try {
      corrections = JSON.readValue(body, Corrections.class);
    } catch (JsonProcessingException e) {
      throw invalid("The body is no JSON of rows, rules and leaveOut.");
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
    if (corrections == null) {
      throw invalid("The body is no JSON of rows, rules and leaveOut.");
    }
    corrections.check();
    return corrections;
  }

  private void check() {
    for (Row row : rows) {
      if (row == null || row.fields == null == (row.text == null)) {
        throw invalid("Each of rows has a row and either fields or text.");
      }
      if (row.fields != null) {
        row.fields.forEach(
            (column, text) -> {
              requireText("row " + row.row, text);
              requireLength("A field of row " + row.row, text, LONGEST_CELL);
            });
      } else {
        requireText("row " + row.row, row.text);
      }
    }
    if (rows.stream().map(Row::row).distinct().count() < rows.size()) {
      throw invalid("A row stands in rows twice.");
    }
    for (Replacement rule : rules) {
      if (rule == null || rule.column == null) {
        throw invalid("Each of rules has a column, from and to.");
      }
      requireText("a rule", rule.from);
      requireText("a rule", rule.to);
      requireLength("The new text of a rule", rule.to, LONGEST_REPLACEMENT);
    }
    if (rules.stream().map(rule -> List.of(rule.column, rule.from)).distinct().count()
        < rules.size()) {
      throw invalid("Two rules replace the same value of a column.");
    }
    int replaced =
        rules.stream()
            .collect(toMap(Replacement::column, rule -> rule.to.length(), Math::max))
            .values()
            .stream()
            .mapToInt(Integer::intValue)
            .sum();
    if (replaced > MOST_REPLACED) {
      throw invalid(
          "The rules write more than %d characters into one row.".formatted(MOST_REPLACED));
    }
  }

  private static void requireLength(String place, String text, int most) {
    if (text.length() > most) {
      throw invalid("%s is longer than %d characters.".formatted(place, most));
    }
  }

  private static void requireText(String place, String text) {
    if (text == null || text.indexOf('\0') >= 0) {
      throw invalid("A text of " + place + " is missing or holds NUL.");
    }
  }

  static ApiException invalid(String reason) {
    return new ApiException(ProblemType.INVALID_CORRECTION, reason);
  }
}
