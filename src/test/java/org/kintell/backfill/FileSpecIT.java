package org.kintell.backfill;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.kintell.backfill.BackfillClient.Answer;
import org.springframework.beans.factory.annotation.Autowired;

/**
 * Files, and what becomes of them: each case of {@code spec/files/*.yaml} is imported over HTTP.
 * Two users exist, p@example.com and v@example.com, and those that a case names.
 */
@IntegrationTest
class FileSpecIT {

  private static final List<String> SPECS =
      List.of("reading", "unreadable-rows", "duplicates", "error-file", "error-file-again");

  @Autowired BackfillClient client;
  @Autowired Sessions sessions;

  /** One case; its text form names it in reports. */
  record Case(String spec, Map<String, Object> fields) {

    byte[] input() throws IOException {
      byte[] content = Spec.bytes(fields.get("input"));
      return fields.containsKey("gzip") ? gzip(content) : content;
    }

    String fileName() {
      return (String) fields.getOrDefault("file", "sessions.csv");
    }

    private static byte[] gzip(byte[] content) throws IOException {
      ByteArrayOutputStream packed = new ByteArrayOutputStream();
      try (GZIPOutputStream out = new GZIPOutputStream(packed)) {
        out.write(content);
      }
      return packed.toByteArray();
    }

    /** The expected error file: its lines, header included. */
    byte[] errors() {
      byte[] lineEnd = Spec.bytes(fields.getOrDefault("line-end", "\n"));
      ByteArrayOutputStream errors = new ByteArrayOutputStream();
      for (Object line : Spec.list(fields, "errors")) {
        errors.writeBytes(Spec.bytes(line));
        errors.writeBytes(lineEnd);
      }
      return errors.toByteArray();
    }

    int rejects() {
      return Math.max(0, Spec.list(fields, "errors").size() - 1);
    }

    @Override
    public String toString() {
      return spec + ": " + fields.get("id");
    }
  }

  static Stream<Case> cases() {
    return SPECS.stream()
        .flatMap(
            spec ->
                Spec.<List<Map<String, Object>>>read("files/" + spec).stream()
                    .map(fields -> new Case(spec, fields)));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("cases")
  void isImportedAsDescribed(Case spec) throws IOException {
    setUp(spec);

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

  private void setUp(Case spec) {
    sessions.addUsers("p@example.com", "v@example.com");
    sessions.addUsers(Spec.<String>list(spec.fields(), "users").toArray(String[]::new));
    for (Object id : Spec.list(spec.fields(), "existing")) {
      sessions.add((String) id, "p@example.com", "v@example.com");
    }
  }

  private static void assertRefused(Answer answer, List<String> expected) {
    assertThat(answer.status()).as(answer.text()).isEqualTo(400);
    assertThat(answer.json().path("detail").asText()).contains(expected);
  }

  /** The imported sessions, each with only the columns that the case speaks of. */
  private List<Object> imported(Case spec) {
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

  private static void assertCounts(JsonNode status, Case spec) {
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

  private void assertErrors(JsonNode status, Case spec) {
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
