package org.kintell.backfill.cli.job;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.kintell.backfill.row.Rule;

/**
 * Counts the messages of an error file that is written to it. Only the end of each line is read:
 * the number of the row and the message, which hold neither delimiter, quote nor line break.
 */
public final class RejectValues extends OutputStream {

  /** More different messages than this need too much memory; their rows are counted together. */
  private static final int MOST_MESSAGES = 100_000;

  private static final String OTHER = "other values";
  private static final int LONGEST_LINE_END = 4096;

  private final String wanted;
  private final ByteArrayOutputStream line = new ByteArrayOutputStream();
  private final Map<String, Map<String, Long>> messages = new HashMap<>();
  private final Map<String, Long> rows = new HashMap<>();
  private Pattern end;
  private int different;

  /**
   * A cause of rejects.
   *
   * @param messages with the rows that have each, the most frequent first
   */
  public record Cause(String name, long rows, List<Map.Entry<String, Long>> messages) {}

  /**
   * @param wanted the only cause to be counted; null for all
   */
  public RejectValues(String wanted) {
    super();
    this.wanted = wanted;
  }

  @Override
  public void write(int b) {
    if (b == '\n') {
      take(line.toString(StandardCharsets.UTF_8).stripTrailing());
      line.reset();
    } else {
      if (line.size() > 2 * LONGEST_LINE_END) {
        byte[] all = line.toByteArray();
        line.reset();
        line.write(all, all.length - LONGEST_LINE_END, LONGEST_LINE_END);
      }
      line.write(b);
    }
  }

  private void take(String text) {
    if (end == null) {
      // The header ends with <delimiter>_error_row<delimiter>_error_message.
      Matcher header = Pattern.compile("(.)\"?_error_message\"?$").matcher(text);
      if (header.find()) {
        String delimiter = Pattern.quote(header.group(1));
        end = Pattern.compile("^.*" + delimiter + "\\d+" + delimiter + "(\"?)([^\"]+)\\1$");
      }
      return;
    }
    Matcher matcher = end.matcher(text);
    if (matcher.matches() && Rule.startsMessage(matcher.group(2))) {
      count(matcher.group(2));
    }
  }

  private void count(String faults) {
    Set<String> causes = new HashSet<>();
    for (String message : faults.split("; ")) {
      Arrays.stream(Rule.values())
          .filter(rule -> rule.begins(message))
          .map(Rule::cause)
          .findFirst()
          .filter(cause -> wanted == null || wanted.equals(cause))
          .ifPresent(
              cause -> {
                causes.add(cause);
                Map<String, Long> known = messages.computeIfAbsent(cause, name -> new HashMap<>());
                boolean counted = known.containsKey(message) || different++ < MOST_MESSAGES;
                known.merge(counted ? message : OTHER, 1L, Long::sum);
              });
    }
    causes.forEach(cause -> rows.merge(cause, 1L, Long::sum));
  }

  /** The causes, the most frequent first. */
  public List<Cause> causes() {
    List<Cause> causes = new ArrayList<>();
    rows.forEach((name, count) -> causes.add(new Cause(name, count, sorted(messages.get(name)))));
    causes.sort(Comparator.comparingLong(Cause::rows).reversed().thenComparing(Cause::name));
    return causes;
  }

  private static List<Map.Entry<String, Long>> sorted(Map<String, Long> counts) {
    return counts.entrySet().stream()
        .sorted(
            Map.Entry.<String, Long>comparingByValue()
                .reversed()
                .thenComparing(Map.Entry.comparingByKey()))
        .toList();
  }
}
