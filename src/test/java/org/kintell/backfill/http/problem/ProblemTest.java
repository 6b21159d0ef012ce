package org.kintell.backfill.http.problem;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.kintell.backfill.csv.UnusableFileException.Reason;

class ProblemTest {

  private static final Path TYPES =
      Path.of("src/main/java/org/kintell/backfill/http/problem/ProblemType.java");

  /** Of Tomcat and Spring, for statuses without a type of this service. */
  private static final List<String> STATUSES =
      List.of(
          "bad-request",
          "not-found",
          "method-not-allowed",
          "not-acceptable",
          "unsupported-media-type");

  /** Problem documents for a mere status of Tomcat or Spring. */
  @ParameterizedTest
  @ValueSource(ints = {400, 401, 404, 405, 406, 413, 415, 418, 431, 499, 500, 501, 503, 505, 999})
  void aStatusAloneHasATextToo(int status) {
    Problem problem = Problem.of(status, null);
    assertThat(problem.detail()).isNotBlank().doesNotContain("null").endsWith(".");
    assertThat(problem.type()).matches("urn:kintell-connector:problem:[a-z-]+");
  }

  @Test
  void openApiListsEachTypeAndNoOther() throws IOException {
    String listed =
        new ObjectMapper()
            .readTree(Path.of("src/main/resources/openapi.json").toFile())
            .at("/components/schemas/Problem/properties/type/description")
            .asText();
    Set<String> documented =
        Pattern.compile("[a-z]+(-[a-z]+)*")
            .matcher(listed.replaceFirst("^[^.]*\\. ", ""))
            .results()
            .map(type -> type.group())
            .collect(Collectors.toCollection(TreeSet::new));
    // A file of the inbox has no answer.
    Set<Reason> ofInbox = Set.of(Reason.PARAMETERS, Reason.ENDS_PROCESS);
    Stream<String> files =
        Arrays.stream(Reason.values())
            .filter(reason -> !ofInbox.contains(reason))
            .map(Reason::identifier);
    Stream<String> own =
        Pattern.compile("\\n  [A-Z_]+\\(\\s*[\\w.]+,\\s*\"([a-z-]+)\"")
            .matcher(Files.readString(TYPES))
            .results()
            .map(type -> type.group(1));
    Set<String> types =
        Stream.of(files, own, STATUSES.stream())
            .flatMap(some -> some)
            .collect(Collectors.toCollection(TreeSet::new));
    assertThat(types).hasSizeGreaterThan(ProblemType.values().length / 2);
    assertThat(documented).isEqualTo(types);
  }
}
