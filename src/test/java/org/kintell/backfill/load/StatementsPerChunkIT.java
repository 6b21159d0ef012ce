package org.kintell.backfill.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.kintell.backfill.testsupport.BackfillClient;
import org.kintell.backfill.testsupport.Chunks;
import org.kintell.backfill.testsupport.CountedStatements;
import org.kintell.backfill.testsupport.GeneratedFile;
import org.kintell.backfill.testsupport.IntegrationTest;
import org.kintell.backfill.testsupport.Sessions;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.annotation.Import;

/** No row asks the database anything: a chunk takes as many statements, however large it is. */
@IntegrationTest
@Import(CountedStatements.class)
@Chunks(rows = 2000, loaders = 1)
class StatementsPerChunkIT {

  @Autowired BackfillClient client;
  @Autowired Sessions sessions;
  @Autowired CountedStatements statements;

  @Test
  void theStatementsOfAChunkDoNotGrowWithItsRows() {
    List<String> ofTen = statementsFor("a", 10);
    List<String> ofTwoThousand = statementsFor("b", 2000);

    assertThat(ofTen).hasSizeBetween(3, 15).anyMatch(statement -> statement.equals("COPY"));
    assertThat(ofTwoThousand).isEqualTo(ofTen);
  }

  @Test
  void norDoTheyWhereEveryRowUpdatesASession() {
    List<String> ofTen = statementsOfUpdating("c", 10);
    List<String> ofTwoThousand = statementsOfUpdating("d", 2000);

    assertThat(ofTen).hasSizeBetween(3, 20).anyMatch(statement -> statement.contains("UPDATE"));
    assertThat(ofTwoThousand).isEqualTo(ofTen);
  }

  private List<String> statementsOfUpdating(String name, int rows) {
    statementsFor(name, rows);
    String file = file(name, rows);
    BackfillClient.Answer start =
        client.upload(
            "/import/backfill/start?onDuplicate=update",
            "x.csv",
            new ByteArrayInputStream(file.getBytes(StandardCharsets.UTF_8)));
    assertThat(client.importStarted(start).path("updatedRows").asInt()).isEqualTo(rows - rows / 5);
    return statements.drain();
  }

  /** The statements for a file of one chunk: users of its own, good rows, and every fifth bad. */
  private List<String> statementsFor(String name, int rows) {
    String participant = name + "-participant@example.com";
    String volunteer = name + "-volunteer@example.com";
    sessions.addUsers(participant, volunteer);
    String file = file(name, rows);
    statements.drain();
    assertThat(
            client
                .importFile("x.csv", file.getBytes(StandardCharsets.UTF_8))
                .path("failedRows")
                .asInt())
        .isEqualTo(rows / 5);
    return statements.drain();
  }

  private static String file(String name, int rows) {
    return IntStream.rangeClosed(1, rows)
        .mapToObj(
            row ->
                "%1$s-%2$d,Mentorship,%1$s-participant@example.com,%1$s-volunteer@example.com,2024-01-15T10:00:00Z,%3$s,5,Good,B1"
                    .formatted(name, row, row % 5 == 0 ? "x" : "60"))
        .collect(Collectors.joining("\n", GeneratedFile.HEADER + "\n", "\n"));
  }
}
