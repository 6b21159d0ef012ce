package org.kintell.backfill.row;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ValuesTest {

  @ParameterizedTest
  @CsvSource({
    "2024-01-15T10:00:00Z,           2024-01-15T10:00:00Z",
    "2024-01-15T10:00Z,              2024-01-15T10:00:00Z",
    "2024-01-15T10:00:00+02:00,      2024-01-15T08:00:00Z",
    "2024-01-15T10:00:00.5-10:30,    2024-01-15T20:30:00.5Z",
    "2024-01-15T10:00:00.1234567Z,   2024-01-15T10:00:00.123456Z",
    "0001-01-01T00:00:00+02:00,      0000-12-31T22:00:00Z",
    "9999-12-31T23:59:59-02:00,      +10000-01-01T01:59:59Z"
  })
  void aDateTimeHasAnOffset(String text, Instant instant) {
    assertThat(Values.instant(text)).isEqualTo(instant);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "2024-01-15",
        "2024-01-15T10:00:00",
        "2024-01-15 10:00:00Z",
        "2024-02-30T10:00:00Z",
        "2024-01-15T25:00:00Z",
        "15.01.2024",
        "0000-01-01T00:00:00Z",
        "+10000-01-01T00:00:00Z",
        "yesterday",
        ""
      })
  void anythingElseIsNoDateTime(String text) {
    assertThat(Values.instant(text)).isNull();
  }

  @Test
  void minutesAreAPositiveWholeNumber() {
    assertThat(Values.minutes("1")).isEqualTo(1);
    assertThat(Values.minutes("0060")).isEqualTo(60);
    assertThat(Values.minutes("2147483647")).isEqualTo(Integer.MAX_VALUE);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0",
        "-1",
        "+1",
        "1.0",
        "1e2",
        "2147483648",
        "99999999999999999999",
        "٣",
        "",
        " 1"
      })
  void anythingElseIsNoDuration(String text) {
    assertThat(Values.minutes(text)).isNull();
  }

  @ParameterizedTest
  @ValueSource(strings = {"1", "5", "4.5", "1.000", "5.0", "3.14159"})
  void aRatingIsADecimalNumberFromOneToFive(String text) {
    assertThat(Values.rating(text)).isEqualTo(new BigDecimal(text));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"0.99", "5.01", "6", "-1", "4,5", "four", "1e0", "NaN", ".5", "4.", "1.2.3"})
  void anythingElseIsNoRating(String text) {
    assertThat(Values.rating(text)).isNull();
  }

  @Test
  void aLevelIsStoredInUpperCase() {
    assertThat(Values.level("b1")).isEqualTo("B1");
    assertThat(Values.level("C2")).isEqualTo("C2");
    assertThat(Values.level("D1")).isNull();
    assertThat(Values.level("B 1")).isNull();
  }

  @Test
  void aSessionTypeIsKnownInAnyCaseAndLanguage() {
    assertThat(SessionType.parse("LANGUAGE CONNECT")).isEqualTo(SessionType.LANGUAGE);
    assertThat(SessionType.parse("mentorship")).isEqualTo(SessionType.MENTORSHIP);
    assertThat(SessionType.MENTORSHIP.stored()).isEqualTo("mentorship");
    assertThat(SessionType.parse("Language  Connect")).isNull();
  }
}
