package org.kintell.backfill.row;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.time.Instant;
import java.time.ZoneId;
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
    "9999-12-31T23:59:59-02:00,      +10000-01-01T01:59:59Z",
    "2024-01-15 10:00:00+00,         2024-01-15T10:00:00Z",
    "2024-01-15 10:00:00Z,           2024-01-15T10:00:00Z",
    "2024-01-15t10:00:00z,           2024-01-15T10:00:00Z",
    "2024-01-15T10:00:00+0530,       2024-01-15T04:30:00Z",
    "2024-01-15 10:00-08,            2024-01-15T18:00:00Z",
    "2024-01-15T10:00:00.1234567899Z,2024-01-15T10:00:00.123456Z",
    "'2024-01-15T10:00:00,5Z',       2024-01-15T10:00:00.5Z",
    "2024-01-15T10:00:00-00:00,      2024-01-15T10:00:00Z",
    "2024-01-15T10:00:00+18:00,      2024-01-14T16:00:00Z"
  })
  void aDateTimeHasAnOffset(String text, Instant instant) {
    assertThat(Values.instant(text, null)).isEqualTo(instant);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "2024-01-15",
        "2024-01-15T10:00:00",
        "2024-01-15  10:00:00Z",
        "2024-01-15T10:00:00+02:00:30",
        "2024-01-15T10:00:00+020030",
        "2024-01-15T10:00:00+2",
        "2024-01-15T10:00:00+02:0",
        "2024-01-15T10:00:00+19:00",
        "2024-01-15T10:00:00 +0000",
        "2024-01-15T10:00:00ZZ",
        "2024-01-15T10:00.5Z",
        "2024-01-15T10Z",
        "2024-01-15T24:00:00Z",
        "2024-01-15T10:60:00Z",
        "2024-13-15T10:00:00Z",
        "2024-00-15T10:00:00Z",
        "2024-01-00T10:00:00Z",
        "20240115T100000Z",
        "2024-1-15T10:00:00Z",
        "2024-01-15T10:00:00,Z5",
        "2024-02-30T10:00:00Z",
        "2024-01-15T25:00:00Z",
        "15.01.2024",
        "0000-01-01T00:00:00Z",
        "+10000-01-01T00:00:00Z",
        "yesterday",
        ""
      })
  void anythingElseIsNoDateTime(String text) {
    assertThat(Values.instant(text, null)).isNull();
  }

  @ParameterizedTest
  @CsvSource({
    "2024-01-15T10:00:00,       2024-01-15T08:00:00Z",
    "2024-07-15 10:00,          2024-07-15T07:00:00Z",
    "2024-07-15T10:00:00.25,    2024-07-15T07:00:00.25Z",
    "2024-07-15T10:00:00Z,      2024-07-15T10:00:00Z",
    "2024-07-15T10:00:00+00:00, 2024-07-15T10:00:00Z"
  })
  void aZoneIsForDatesWithoutOffset(String text, Instant instant) {
    assertThat(Values.instant(text, ZoneId.of("Europe/Kyiv"))).isEqualTo(instant);
    assertThat(IsoDateTime.lacksOffset(text)).isEqualTo(Values.instant(text, null) == null);
  }

  @Test
  void aFractionOfAnyLengthIsRead() {
    assertThat(Values.instant("2024-01-15T10:00:00." + "1".repeat(100_000) + "Z", null))
        .isEqualTo("2024-01-15T10:00:00.111111Z");
  }

  @Test
  void minutesAreAPositiveWholeNumber() {
    assertThat(Values.minutes("1")).isEqualTo(1);
    assertThat(Values.minutes("0060")).isEqualTo(60);
    assertThat(Values.minutes("60.0")).isEqualTo(60);
    assertThat(Values.minutes("60.00")).isEqualTo(60);
    assertThat(Values.minutes("60.0000")).isEqualTo(60);
    assertThat(Values.minutes("2147483647")).isEqualTo(Integer.MAX_VALUE);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0",
        "-1",
        "+1",
        "1.5",
        "1.",
        ".0",
        "0.0",
        "1.000",
        "1,0",
        "1.0.0",
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

  @Test
  void aRatingMayHaveAComma() {
    assertThat(Values.rating("4,5")).isEqualTo(new BigDecimal("4.5"));
    assertThat(Values.rating("5,00")).isEqualTo(new BigDecimal("5.00"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0.99", "5.01", "6", "-1", "4,5,1", "4,5.1", ",5", "4,", "5,1", "four", "1e0", "NaN", ".5",
        "4.", "1.2.3"
      })
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
