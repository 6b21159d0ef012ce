package org.kintell.backfill.event;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import java.time.Instant;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;

class InstantJsonTest {

  private final ObjectMapper json =
      new ObjectMapper().registerModule(new SimpleModule().addSerializer(new InstantJson()));

  /** From the year 1000 BC to the year 15000. */
  @Property
  void wholeSecondsAreWrittenAsTheInstantSays(
      @ForAll @LongRange(min = -93_692_592_000L, max = 411_209_740_800L) long second)
      throws JsonProcessingException {
    assertWritten(Instant.ofEpochSecond(second));
  }

  @Example
  void soAreFractionsAndTheEndsOfYears() throws JsonProcessingException {
    assertWritten(Instant.parse("2024-01-15T10:00:00.5Z"));
    assertWritten(Instant.parse("2024-01-15T10:00:00.000001Z"));
    assertWritten(Instant.parse("0000-01-01T00:00:00Z"));
    assertWritten(Instant.parse("9999-12-31T23:59:59Z"));
    assertWritten(Instant.parse("+10000-01-01T00:00:00Z"));
    assertWritten(Instant.parse("-0001-12-31T23:59:59Z"));
  }

  private void assertWritten(Instant instant) throws JsonProcessingException {
    assertThat(json.writeValueAsString(instant)).isEqualTo('"' + instant.toString() + '"');
  }
}
