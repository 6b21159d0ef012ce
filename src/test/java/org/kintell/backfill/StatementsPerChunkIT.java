package org.kintell.backfill;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.test.context.TestPropertySource;

/** No row asks the database anything: a chunk takes as many statements, however large it is. */
@IntegrationTest
@Import(StatementsPerChunkIT.Counting.class)
@TestPropertySource(properties = {"backfill.chunk-rows=2000", "backfill.loaders=1"})
class StatementsPerChunkIT {

  @Autowired BackfillClient client;
  @Autowired Sessions sessions;
  @Autowired CountedStatements statements;

  @TestConfiguration(proxyBeanMethods = false)
  static class Counting {
    @Bean
    static CountedStatements countedStatements() {
      return new CountedStatements();
    }
  }

  @Test
  void theStatementsOfAChunkDoNotGrowWithItsRows() {
    List<String> ofTen = statementsFor("a", 10);
    List<String> ofTwoThousand = statementsFor("b", 2000);

    assertThat(ofTen).hasSizeBetween(3, 15).anyMatch(statement -> statement.equals("COPY"));
    assertThat(ofTwoThousand).isEqualTo(ofTen);
  }

  /** The statements for a file of one chunk: users of its own, good rows, and every fifth bad. */
  private List<String> statementsFor(String name, int rows) {
    String participant = name + "-participant@example.com";
    String volunteer = name + "-volunteer@example.com";
    sessions.addUsers(participant, volunteer);
    String file =
        IntStream.rangeClosed(1, rows)
            .mapToObj(
                row ->
                    "%s-%d,Mentorship,%s,%s,2024-01-15T10:00:00Z,%s,5,Good,B1"
                        .formatted(name, row, participant, volunteer, row % 5 == 0 ? "x" : "60"))
            .collect(Collectors.joining("\n", GeneratedFile.HEADER + "\n", "\n"));
    statements.drain();
    assertThat(
            client
                .importFile("x.csv", file.getBytes(StandardCharsets.UTF_8))
                .path("failedRows")
                .asInt())
        .isEqualTo(rows / 5);
    return statements.drain();
  }
}
