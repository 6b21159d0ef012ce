package org.kintell.backfill.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.kintell.backfill.testsupport.Chunks;
import org.kintell.backfill.testsupport.IntegrationTest;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;

/** The database allows the changes of {@link JobTransition} and refuses all others. */
@IntegrationTest
@Chunks(rows = 5)
class JobTransitionIT {

  @Autowired JdbcClient jdbc;
  @Autowired TransactionTemplate transactions;

  static Stream<Arguments> everyPair() {
    return Arrays.stream(JobStatus.values())
        .flatMap(from -> Arrays.stream(JobStatus.values()).map(to -> Arguments.of(from, to)));
  }

  @ParameterizedTest
  @MethodSource("everyPair")
  void theDatabaseAllowsListedTransitionsOnly(JobStatus from, JobStatus to) {
    // In one transaction, or the service would see a job that it rolls back to its end.
    transactions.executeWithoutResult(
        transaction -> {
          UUID job = jobThatIs(from);
          Optional<JobTransition> transition = JobTransition.between(from, to);
          if (from == to || transition.isPresent()) {
            assertThatCode(() -> set(job, to.stored()))
                .as(transition.map(allowed -> allowed.reason).orElse("unchanged"))
                .doesNotThrowAnyException();
            assertThat(status(job)).isEqualTo(to.stored());
          } else {
            Object before = transaction.createSavepoint();
            assertThatThrownBy(() -> set(job, to.stored()))
                .isInstanceOf(DataIntegrityViolationException.class)
                .hasMessageContaining(
                    "A job that is %s cannot become %s", from.stored(), to.stored());
            transaction.rollbackToSavepoint(before);
            assertThat(status(job)).isEqualTo(from.stored());
          }
        });
  }

  @Test
  void aStatusThatDoesNotExistIsRefused() {
    UUID job = jobThatIs(JobStatus.RUNNING);
    assertThatThrownBy(() -> set(job, "stopped")).hasMessageContaining("no job status stopped");
  }

  @Test
  void whatWasAskedIsForgottenWhenSomebodyStopsTheJobByHand() {
    UUID job = jobThatIs(JobStatus.RUNNING);
    jdbc.sql("UPDATE backfill_jobs SET requested = 'pause', requested_at = now()").update();
    set(job, "failed");
    assertThat(
            jdbc.sql("SELECT requested IS NULL FROM backfill_jobs").query(Boolean.class).single())
        .isTrue();
  }

  private UUID jobThatIs(JobStatus status) {
    UUID id = UUID.randomUUID();
    jdbc.sql("INSERT INTO backfill_jobs (id, file_name, status, total_rows) VALUES (?, 'x', ?, 1)")
        .params(id, status.stored())
        .update();
    return id;
  }

  private void set(UUID job, String status) {
    jdbc.sql("UPDATE backfill_jobs SET status = ? WHERE id = ?").params(status, job).update();
  }

  private String status(UUID job) {
    return jdbc.sql("SELECT status FROM backfill_jobs WHERE id = ?")
        .param(job)
        .query(String.class)
        .single();
  }
}
