package org.kintell.backfill.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WaitPreferenceTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "none",
      value = {
        "none                        | 25",
        "wait=7                      | 7",
        "respond-async, wait=10      | 10",
        "respond-async; wait=10      | 10",
        "Wait = 3                    | 3",
        "wait=\"4\"                  | 4",
        "wait=999999                 | 3600",
        "wait=-1                     | 25",
        "wait=soon                   | 25",
        "wait=                       | 25",
        "wait                        | 25",
        "return=minimal              | 25",
        "wait=99999999999999999999   | 25"
      })
  void waitsAsLongAsAsked(String header, int seconds) {
    assertThat(WaitPreference.of(header)).isEqualTo(Duration.ofSeconds(seconds));
  }

  @ParameterizedTest
  @ValueSource(strings = {"wait=0", "respond-async,wait=0"})
  void doesNotWaitWhenAskedNotTo(String header) {
    assertThat(WaitPreference.of(header)).isZero();
  }
}
