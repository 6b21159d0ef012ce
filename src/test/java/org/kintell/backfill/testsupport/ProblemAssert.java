package org.kintell.backfill.testsupport;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import org.kintell.backfill.testsupport.BackfillClient.Answer;

/** Checks the required contents of every refusal. */
public final class ProblemAssert {

  private ProblemAssert() {}

  /**
   * @param type the last part of the problem's type
   * @param inDetail texts that the detail must contain
   */
  public static void assertProblem(Answer answer, int status, String type, String... inDetail) {
    assertThat(answer.status()).as(answer.text()).isEqualTo(status);
    assertThat(answer.header("Content-Type"))
        .as(answer.text())
        .startsWith("application/problem+json");
    JsonNode problem = answer.json();
    assertThat(problem.path("type").asText()).isEqualTo("urn:kintell-connector:problem:" + type);
    assertThat(problem.path("title").asText()).isNotBlank();
    assertThat(problem.path("status").asInt()).isEqualTo(status);
    assertThat(problem.path("detail").asText()).isNotBlank();
    for (String part : inDetail) {
      assertThat(problem.path("detail").asText()).contains(part);
    }
    assertThat(problem.path("error").asText()).isNotBlank();
    assertThat(answer.text()).doesNotContain("Exception", "\tat ", "org.kintell");
  }
}
