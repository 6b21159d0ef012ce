package org.kintell.backfill.row;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Operators cut the last column of an error file with awk: a message is one plain cell. */
class MessagesPropertyTest {

  private static final String EXPECTED = " (expected 2024-01-31T14:30:00Z)";

  @Property
  void aMessageIsOnePlainCellWhateverTheValue(
      @ForAll Rule rule, @ForAll Column column, @ForAll("values") String value) {
    String message = new Fault(rule, column, value).message();
    assertThat(message).doesNotContainPattern("[,\"\\x00-\\x1f\\x7f-\\x9f\\u2028\\u2029]");
    assertThat(message.codePointCount(0, message.length())).isLessThanOrEqualTo(140);
    assertThat(Rule.startsMessage(message)).isTrue();
  }

  @Property
  void faultsAreJoinedToOneCell(@ForAll("values") String first, @ForAll("values") String second) {
    Fault type = new Fault(Rule.SESSION_TYPE, Column.SESSION_TYPE, first);
    Fault date = new Fault(Rule.DATE, Column.DATE, second);
    assertThat(new Reject(1, List.of(type, date)).message())
        .isEqualTo(type.message() + "; " + date.message())
        .doesNotContainPattern("[,\"\r\n]");
  }

  @Property
  void noRuleFailsOnAnyValue(@ForAll Rule rule, @ForAll("values") String value) {
    assertThat(rule.accepts(value)).isIn(true, false);
  }

  @Example
  void aLongValueIsCutAtEightyCharacters() {
    assertThat(new Fault(Rule.DATE, Column.DATE, "😀".repeat(100)).message())
        .isEqualTo("Invalid date format: " + "😀".repeat(80) + EXPECTED);
    assertThat(new Fault(Rule.DATE, Column.DATE, "a,\"b\nc").message())
        .isEqualTo("Invalid date format: a  b c" + EXPECTED);
    assertThat(new Fault(Rule.DATE, Column.DATE, "2024-01-15 10:00").message())
        .isEqualTo("Invalid date format: 2024-01-15 10:00 (no UTC offset)");
    assertThat(new Fault(Rule.RATING, Column.RATING, "4\u00a05\u200b\u0007x").message())
        .isEqualTo("Invalid rating: 4\\u00a05\\u200b\\u0007x");
    assertThat(new Fault(Rule.RATING, Column.RATING, "x".repeat(79) + "\u00a0").message())
        .isEqualTo("Invalid rating: " + "x".repeat(79));
    assertThat(Fault.of(Rule.COLUMN_COUNT, "expected 9 found 7").message())
        .isEqualTo("Column count mismatch: expected 9 found 7");
    assertThat(new Fault(Rule.PRESENT, Column.DURATION_MIN, "").message())
        .isEqualTo("Missing duration_min");
  }

  @Provide
  Arbitrary<String> values() {
    return Arbitraries.oneOf(
        Arbitraries.strings().ofMaxLength(200),
        Arbitraries.strings()
            .withChars(",\"\r\n\t\0\u0085\u2028\u2029%\\;s$ a\ud800")
            .ofMaxLength(120));
  }
}
