package org.kintell.backfill.job.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * What a report has summed up, no later report reads again. So no statement may take it back; one
 * that must do so has to set {@code backfill_jobs.summed} to NULL in the same transaction.
 */
class SummedStatementsTest {

  private static final Path STATEMENTS = Path.of("src/main/resources/sql");

  private static final Pattern UPDATE =
      Pattern.compile(
          "UPDATE backfill_chunks(?: AS \\w+)?\\s+SET (.*?)(?=\\s+WHERE\\b|\\n\\s*FROM\\b|\\z)",
          Pattern.DOTALL);

  /** Columns that the sums are made of. */
  private static final Pattern SET =
      Pattern.compile(
          "(?:\\A|,)\\s*(state|successful|failed|skipped|updated|loaded_at|published_at)\\s*=");

  @Test
  void onlyTheEndOfALoadAndOfAPublicationChangeWhatIsSummedUp() throws IOException {
    Set<String> all =
        Set.of("state", "successful", "failed", "skipped", "updated", "loaded_at", "published_at");

    assertThat(changes())
        .isEqualTo(
            Map.of(
                "load/write/close-chunk.sql", all,
                "dryrun/close-tried-chunk.sql", all,
                "event/mark-published.sql", Set.of("published_at")));
  }

  @Test
  void bothEndsOfALoadMarkTheChunkAsLoaded() throws IOException {
    for (String file :
        new String[] {"load/write/close-chunk.sql", "dryrun/close-tried-chunk.sql"}) {
      assertThat(Files.readString(STATEMENTS.resolve(file))).contains("SET state = 'loaded'");
    }
  }

  @Test
  void noStatementRemovesAChunk() throws IOException {
    try (Stream<Path> files = Files.walk(STATEMENTS)) {
      assertThat(files.filter(Files::isRegularFile))
          .hasSizeGreaterThan(50)
          .allSatisfy(
              file ->
                  assertThat(Files.readString(file)).doesNotContain("DELETE FROM backfill_chunks"));
    }
  }

  /** By the name of the statement, those columns that it sets. */
  private static Map<String, Set<String>> changes() throws IOException {
    Map<String, Set<String>> changes = new TreeMap<>();
    try (Stream<Path> files = Files.walk(STATEMENTS)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Matcher update = UPDATE.matcher(Files.readString(file));
        while (update.find()) {
          Set<String> columns = new TreeSet<>();
          SET.matcher(update.group(1)).results().forEach(column -> columns.add(column.group(1)));
          if (!columns.isEmpty()) {
            changes.put(STATEMENTS.relativize(file).toString(), columns);
          }
        }
      }
    }
    return changes;
  }
}
