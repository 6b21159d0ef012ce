package org.kintell.backfill.dryrun;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayInputStream;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.StreamSupport;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.kintell.backfill.testsupport.BackfillClient;
import org.kintell.backfill.testsupport.GeneratedFile;
import org.kintell.backfill.testsupport.IntegrationTest;
import org.kintell.backfill.testsupport.Sessions;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The import has the result that the dry run predicted, for any file. */
@IntegrationTest
class DryRunTruthIT {

  private static final String DUPLICATE = "Duplicate key value violates unique constraint: ";
  private static final List<String> COUNTS =
      List.of("totalRows", "successfulRows", "failedRows", "skippedRows", "updatedRows");
  private static final int FIRST = 10;

  @Autowired BackfillClient client;
  @Autowired Sessions sessions;
  @Autowired JdbcClient jdbc;

  /** A reject, as the import stored it. */
  private record Stored(long row, List<String> causes, String message) {}

  @ParameterizedTest
  @ValueSource(strings = {"skip", "update"})
  void theDuplicatePolicyHoldsForBoth(String policy) {
    sessions.addUsers(GeneratedFile.PARTICIPANT, GeneratedFile.VOLUNTEER);
    GeneratedFile file = GeneratedFile.of(200, 7);
    for (String id : file.sessions().keySet().stream().limit(20).toList()) {
      sessions.add(id, GeneratedFile.PARTICIPANT, GeneratedFile.VOLUNTEER);
    }

    JsonNode said = validate(file, "?onDuplicate=" + policy);
    String job = client.start("/import/backfill/start?onDuplicate=" + policy, file.bytes(), 201);
    JsonNode done = client.resume(job).json();

    for (String count : COUNTS) {
      assertThat(said.path(count).asLong()).as(count).isEqualTo(done.path(count).asLong());
    }
    assertThat(said.path(policy.equals("skip") ? "skippedRows" : "updatedRows").asLong())
        .isGreaterThan(20);
    assertThat(faults(said)).isEqualTo(faults(rejects(job)));
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void theReportIsWhatTheImportThenDoes(long seed) {
    sessions.addUsers(GeneratedFile.PARTICIPANT, GeneratedFile.VOLUNTEER);
    Random random = new Random(seed);
    GeneratedFile file = GeneratedFile.of(1 + random.nextInt(400), seed);
    Set<String> existing = new HashSet<>();
    for (String id : file.sessions().keySet()) {
      if (random.nextInt(6) == 0) {
        existing.add(id);
        sessions.add(id, GeneratedFile.PARTICIPANT, GeneratedFile.VOLUNTEER);
      }
    }

    JsonNode said = validate(file, "");
    JsonNode done = client.importFile("x.csv", file.bytes());

    for (String count : List.of("totalRows", "successfulRows", "failedRows")) {
      assertThat(said.path(count)).as(count).isEqualTo(done.path(count));
    }
    List<Stored> rejects = rejects(done.path("jobId").asText());
    assertThat(faults(said)).isEqualTo(faults(rejects));
    assertThat(said.at("/duplicates/inDatabase/rows").asLong())
        .isEqualTo(rejects.stream().filter(reject -> isDuplicateOf(reject, existing)).count());
    assertThat(
            said.at("/duplicates/inDatabase/rows").asLong()
                + said.at("/duplicates/inFile/rows").asLong())
        .isEqualTo(rejects.stream().filter(r -> r.message().startsWith(DUPLICATE)).count());

    JsonNode after = validate(file, "");
    assertThat(after.path("successfulRows").asInt()).isZero();
    assertThat(after.at("/duplicates/inFile/rows").asInt()).isZero();
    assertThat(jdbc.sql("SELECT count(*) FROM backfill_jobs").query(Long.class).single())
        .isEqualTo(1);
  }

  private JsonNode validate(GeneratedFile file, String parameters) {
    BackfillClient.Answer answer =
        client.upload(
            "/import/backfill/validate" + parameters,
            "x.csv",
            new ByteArrayInputStream(file.bytes()));
    assertThat(answer.status()).as(answer.text()).isEqualTo(200);
    return answer.json();
  }

  private List<Stored> rejects(String job) {
    return jdbc.sql(
            "SELECT source_row, causes, message FROM backfill_rejects"
                + " WHERE job_id = CAST(? AS uuid) ORDER BY source_row")
        .param(job)
        .query(
            (row, number) ->
                new Stored(
                    row.getLong(1),
                    List.of((String[]) row.getArray(2).getArray()),
                    row.getString(3)))
        .list();
  }

  private static boolean isDuplicateOf(Stored reject, Set<String> ids) {
    return reject.message().startsWith(DUPLICATE)
        && ids.contains(reject.message().substring(DUPLICATE.length()));
  }

  /** Each cause with its number of rows and the first of them. */
  private static Map<String, List<String>> faults(JsonNode report) {
    Map<String, List<String>> faults = new TreeMap<>();
    for (JsonNode fault : report.path("faults")) {
      List<String> first = new ArrayList<>(List.of(fault.path("rows").asText()));
      StreamSupport.stream(fault.path("first").spliterator(), false)
          .map(row -> row.path("row").asText() + " " + row.path("message").asText())
          .forEach(first::add);
      faults.put(fault.path("cause").asText(), first);
    }
    return faults;
  }

  /** The same from the rejects of the import; here each row has one cause. */
  private static Map<String, List<String>> faults(List<Stored> rejects) {
    Map<String, List<String>> faults = new TreeMap<>();
    rejects.stream()
        .flatMap(reject -> reject.causes().stream())
        .distinct()
        .forEach(
            cause -> {
              List<Stored> of = rejects.stream().filter(r -> r.causes().contains(cause)).toList();
              List<String> first = new ArrayList<>(List.of(Integer.toString(of.size())));
              of.stream().limit(FIRST).forEach(r -> first.add(r.row() + " " + r.message()));
              faults.put(cause, first);
            });
    return faults;
  }
}
