package org.kintell.backfill.http.problem;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProblemTest {

  /** Problem documents for a mere status of Tomcat or Spring. */
  @ParameterizedTest
  @ValueSource(ints = {400, 401, 404, 405, 406, 413, 415, 418, 431, 499, 500, 501, 503, 505, 999})
  void aStatusAloneHasATextToo(int status) {
    Problem problem = Problem.of(status, null);
    assertThat(problem.detail()).isNotBlank().doesNotContain("null").endsWith(".");
    assertThat(problem.type()).matches("urn:kintell-connector:problem:[a-z-]+");
  }
}
