package org.kintell.backfill.reject;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.kintell.backfill.reject.RejectPage.CellFault;
import org.kintell.backfill.row.Column;
import org.kintell.backfill.row.Fault;
import org.kintell.backfill.row.Rule;

/** Splits the message of a reject into its faults. */
final class RejectFaults {

  /** Between two faults in a message. A value in a message may hold it as well. */
  static final String SEPARATOR = "; ";

  private RejectFaults() {}

  /**
   * The faults in the order of the message. A value may look like another fault, so each fault is
   * composed again from the value in its column and compared. The remaining text is a fault of its
   * own.
   *
   * @param causes as stored with the reject
   * @param message likewise
   * @param values the text in a column, trimmed; null where the row cannot be split
   */
  static List<CellFault> of(List<String> causes, String message, Function<Column, String> values) {
    List<Rule> rules = causes.stream().flatMap(cause -> Rule.of(cause).stream()).toList();
    if (rules.size() == 1 && rules.get(0).columns().size() < 2) {
      return List.of(fault(rules.get(0), message));
    }
    List<CellFault> faults = new ArrayList<>();
    int from = 0;
    while (from < message.length()) {
      CellFault next = startingAt(from, message, rules, values);
      if (next == null) {
        Rule rule = rules.get(Math.min(faults.size(), rules.size() - 1));
        faults.add(fault(rule, message.substring(from)));
        break;
      }
      faults.add(next);
      from += next.message().length() + SEPARATOR.length();
    }
    return faults;
  }

  private static CellFault fault(Rule rule, String message) {
    List<Column> columns = rule.columns();
    return new CellFault(
        rule.cause(), columns.size() == 1 ? columns.get(0).header() : null, message);
  }

  private static CellFault startingAt(
      int from, String message, List<Rule> rules, Function<Column, String> values) {
    for (Rule rule : rules) {
      for (Column column : rule.columns()) {
        String value = values.apply(column);
        String text = value == null ? null : new Fault(rule, column, value).message();
        if (text != null
            && message.startsWith(text, from)
            && (message.length() == from + text.length()
                || message.startsWith(SEPARATOR, from + text.length()))) {
          return new CellFault(rule.cause(), column.header(), text);
        }
      }
    }
    return null;
  }
}
