package org.kintell.backfill.row;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.kintell.backfill.testsupport.BackfillClient;
import org.kintell.backfill.testsupport.IntegrationTest;
import org.kintell.backfill.testsupport.Sessions;
import org.kintell.backfill.testsupport.Spec;
import org.springframework.beans.factory.annotation.Autowired;

/**
 * Rows and their outcomes: all cases of {@code spec/rows.yaml} are the rows of one file, imported
 * over HTTP. A case names the cells that differ from those of a valid row, and either the stored
 * values or the message of the reject.
 */
@IntegrationTest
class RowSpecIT {

  @Autowired BackfillClient client;
  @Autowired Sessions sessions;

  @TestFactory
  Stream<DynamicTest> becomesWhatIsDescribed() {
    Map<String, Object> spec = Spec.read("rows");
    List<Map<String, Object>> cases = Spec.list(spec, "cases");
    sessions.addUsers(Spec.<String>list(spec, "users").toArray(String[]::new));

    JsonNode status =
        client.importFile("rows.csv", csv(spec, cases).getBytes(StandardCharsets.UTF_8));

    Map<Integer, Map<String, Object>> imported = imported();
    Map<Integer, String> messages = messages(client.errors(status.path("jobId").asText()).text());
    return IntStream.range(0, cases.size())
        .mapToObj(
            i ->
                dynamicTest(
                    "%s: %s".formatted(i + 1, cases.get(i).get("id")),
                    () -> assertOutcome(cases.get(i), imported.get(i + 1), messages.get(i + 1))));
  }

  private static void assertOutcome(
      Map<String, Object> expected, Map<String, Object> session, String message) {
    assertThat(message).as("message of %s", expected.get("id")).isEqualTo(expected.get("message"));
    if (expected.containsKey("message")) {
      assertThat(session).as("session of %s", expected.get("id")).isNull();
    } else {
      assertThat(session)
          .as("session of %s", expected.get("id"))
          .isNotNull()
          .containsAllEntriesOf(stored(expected));
    }
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> stored(Map<String, Object> expected) {
    return (Map<String, Object>) expected.getOrDefault("stored", Map.of());
  }

  private Map<Integer, Map<String, Object>> imported() {
    return sessions.imported().stream()
        .collect(Collectors.toMap(row -> (Integer) row.get("row"), row -> row));
  }

  /**
   * The messages of an error file by row: a message is the text after the last comma, as in awk.
   */
  private static Map<Integer, String> messages(String errors) {
    return Stream.of(errors.split("\n(?=spec-)"))
        .skip(1)
        .map(row -> row.strip().split(","))
        .collect(
            Collectors.toMap(
                cells -> Integer.valueOf(cells[cells.length - 2]),
                cells -> cells[cells.length - 1]));
  }

  @SuppressWarnings("unchecked")
  private static String csv(Map<String, Object> spec, List<Map<String, Object>> cases) {
    Map<String, Object> valid = (Map<String, Object>) spec.get("valid");
    List<String> lines = new ArrayList<>();
    // The first column, which no rule checks, marks the beginning of a row.
    lines.add("case," + String.join(",", valid.keySet()));
    for (Map<String, Object> row : cases) {
      Map<String, Object> cells = new LinkedHashMap<>(valid);
      cells.put("session_id", "row-" + (lines.size()));
      cells.putAll((Map<String, Object>) row.get("cells"));
      assertThat(cells).as("columns of case %s", row.get("id")).hasSameSizeAs(valid);
      lines.add(
          "spec-%s,".formatted(row.get("id"))
              + cells.values().stream()
                  .map(cell -> quoted(cell.toString()))
                  .collect(Collectors.joining(",")));
    }
    return String.join("\n", lines) + "\n";
  }

  private static String quoted(String cell) {
    return "\"%s\"".formatted(cell.replace("\"", "\"\""));
  }
}
