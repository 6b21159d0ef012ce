package org.kintell.backfill.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.kintell.backfill.testsupport.ProblemAssert.assertProblem;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.kintell.backfill.testsupport.BackfillClient;
import org.kintell.backfill.testsupport.BackfillClient.Answer;
import org.kintell.backfill.testsupport.IntegrationTest;
import org.kintell.backfill.testsupport.Sessions;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.http.MediaType;

/** The template is a valid file. */
@IntegrationTest
class TemplateIT {

  private static final String PATH = "/templates/kintell_sessions_template.csv";

  @Autowired BackfillClient client;
  @Autowired Sessions sessions;

  @Test
  void isServedAndCanBeImported() {
    Answer template = client.get(PATH);

    assertThat(template.status()).isEqualTo(200);
    assertThat(MediaType.parseMediaType(template.header("Content-Type")))
        .isEqualTo(MediaType.parseMediaType("text/csv; charset=utf-8"));
    assertThat(template.header("Content-Disposition"))
        .isEqualTo("attachment; filename=\"kintell_sessions_template.csv\"");
    assertThat(Path.of("templates", "kintell_sessions_template.csv"))
        .hasBinaryContent(template.bytes());
    sessions.addUsers("participant@example.com", "volunteer@example.com");
    JsonNode end = client.importFile("kintell_sessions_template.csv", template.bytes());
    assertThat(end.path("successfulRows").asInt()).isEqualTo(1);
  }

  @Test
  void thereIsNoOther() {
    assertProblem(client.get("/templates/other.csv"), 404, "not-found");
    assertProblem(client.get("/templates/"), 404, "not-found");
  }
}
