package org.kintell.backfill.file;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.kintell.backfill.testsupport.BackfillClient;
import org.kintell.backfill.testsupport.BackfillClient.Answer;
import org.kintell.backfill.testsupport.FileCase;
import org.kintell.backfill.testsupport.IntegrationTest;
import org.kintell.backfill.testsupport.Sessions;
import org.kintell.backfill.testsupport.Spec;
import org.springframework.beans.factory.annotation.Autowired;

/** Files, and what becomes of them: each {@link FileCase} is imported over HTTP. */
@IntegrationTest
class FileSpecIT {

  @Autowired BackfillClient client;
  @Autowired Sessions sessions;

  @ParameterizedTest(name = "{0}")
  @MethodSource("org.kintell.backfill.testsupport.FileCase#all")
  void isImportedAsDescribed(FileCase spec) throws IOException {
    spec.setUp(sessions);

    Answer start = client.start(spec.fileName(), spec.input());
    if (spec.fields().containsKey("refused")) {
      assertRefused(start, Spec.list(spec.fields(), "refused"));
      return;
    }
    JsonNode status = client.importStarted(start);

    assertThat(imported(spec)).as(spec.toString()).isEqualTo(Spec.list(spec.fields(), "sessions"));
    assertCounts(status, spec);
    assertErrors(status, spec);
  }

  private static void assertRefused(Answer answer, List<String> expected) {
    assertThat(answer.status()).as(answer.text()).isEqualTo(400);
    assertThat(answer.json().path("detail").asText()).contains(expected);
  }

  /** The imported sessions, each with only the columns that the case speaks of. */
  private List<Object> imported(FileCase spec) {
    List<Object> expected = Spec.list(spec.fields(), "sessions");
    List<Map<String, Object>> imported = sessions.imported();
    List<Object> relevant = new ArrayList<>();
    for (int i = 0; i < imported.size(); i++) {
      Map<String, Object> session = imported.get(i);
      if (i < expected.size() && expected.get(i) instanceof Map<?, ?> columns) {
        assertThat(session.keySet()).containsAll(keys(columns));
        session.keySet().retainAll(keys(columns));
        relevant.add(session);
      } else {
        relevant.add(session.get("external_session_id"));
      }
    }
    return relevant;
  }

  private static List<String> keys(Map<?, ?> columns) {
    return columns.keySet().stream().map(Object::toString).toList();
  }

  private static void assertCounts(JsonNode status, FileCase spec) {
    int successful = Spec.list(spec.fields(), "sessions").size();
    int total = successful + spec.rejects();
    assertThat(status.path("status").asText()).isEqualTo("completed");
    assertThat(status.path("totalRows").asInt()).as(spec + ", totalRows").isEqualTo(total);
    assertThat(status.path("processedRows").asInt()).as(spec + ", processedRows").isEqualTo(total);
    assertThat(status.path("successfulRows").asInt())
        .as(spec + ", successfulRows")
        .isEqualTo(successful);
    assertThat(status.path("failedRows").asInt())
        .as(spec + ", failedRows")
        .isEqualTo(spec.rejects());
    assertThat(status.path("lastProcessedRow").asInt())
        .as(spec + ", lastProcessedRow")
        .isEqualTo(total);
    assertThat(status.path("percentComplete").asInt()).isEqualTo(100);
  }

  private void assertErrors(JsonNode status, FileCase spec) {
    Answer errors = client.errors(status.path("jobId").asText());
    if (spec.rejects() == 0) {
      assertThat(status.has("errorFilePath")).isFalse();
      assertThat(errors.status()).isEqualTo(404);
      return;
    }
    assertThat(readable(errors.bytes())).as(spec.toString()).isEqualTo(readable(spec.errors()));
    assertThat(Path.of(status.path("errorFilePath").asText())).hasBinaryContent(spec.errors());
  }

  /** Byte by byte, so that a difference can be seen and none is lost. */
  private static String readable(byte[] bytes) {
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }
}
