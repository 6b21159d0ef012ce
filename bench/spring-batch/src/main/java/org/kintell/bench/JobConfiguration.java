package org.kintell.bench;

import java.util.List;
import javax.sql.DataSource;
import org.springframework.batch.core.Job;
import org.springframework.batch.core.Step;
import org.springframework.batch.core.configuration.annotation.StepScope;
import org.springframework.batch.core.job.builder.JobBuilder;
import org.springframework.batch.core.repository.JobRepository;
import org.springframework.batch.core.step.builder.StepBuilder;
import org.springframework.batch.item.ItemProcessor;
import org.springframework.batch.item.database.JdbcBatchItemWriter;
import org.springframework.batch.item.database.builder.JdbcBatchItemWriterBuilder;
import org.springframework.batch.item.file.FlatFileItemReader;
import org.springframework.batch.item.file.FlatFileParseException;
import org.springframework.batch.item.file.builder.FlatFileItemReaderBuilder;
import org.springframework.batch.item.file.separator.DefaultRecordSeparatorPolicy;
import org.springframework.batch.item.support.CompositeItemProcessor;
import org.springframework.batch.item.validator.BeanValidatingItemProcessor;
import org.springframework.batch.item.validator.ValidationException;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.io.FileSystemResource;
import org.springframework.transaction.PlatformTransactionManager;

/** One step, chunk by chunk: read, validate, look up, write; bad rows are skipped. */
@Configuration(proxyBeanMethods = false)
class JobConfiguration {

  private static final int CHUNK = 1000;

  private static final String INSERT =
      """
      INSERT INTO kintell_sessions
        (id, external_session_id, session_type, participant_id, volunteer_id,
         scheduled_at, completed_at, duration_minutes, rating, feedback_text, language_level)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      ON CONFLICT (external_session_id) DO NOTHING
      """;

  @Bean
  @StepScope
  FlatFileItemReader<SessionRow> reader(@Value("#{jobParameters['file']}") String file) {
    return new FlatFileItemReaderBuilder<SessionRow>()
        .name("sessions")
        .resource(new FileSystemResource(file))
        .encoding("UTF-8")
        .linesToSkip(1)
        // Quoted fields may hold line breaks.
        .recordSeparatorPolicy(new DefaultRecordSeparatorPolicy())
        .delimited()
        .names(
            "sessionId",
            "sessionType",
            "participantEmail",
            "volunteerEmail",
            "date",
            "durationMin",
            "rating",
            "feedbackText",
            "languageLevel")
        .targetType(SessionRow.class)
        .build();
  }

  @Bean
  BeanValidatingItemProcessor<SessionRow> validator() {
    return new BeanValidatingItemProcessor<>();
  }

  @Bean
  ItemProcessor<SessionRow, Session> processor(
      BeanValidatingItemProcessor<SessionRow> validator, SessionProcessor sessions) {
    CompositeItemProcessor<SessionRow, Session> processor = new CompositeItemProcessor<>();
    processor.setDelegates(List.of(validator, sessions));
    return processor;
  }

  @Bean
  JdbcBatchItemWriter<Session> writer(DataSource dataSource) {
    return new JdbcBatchItemWriterBuilder<Session>()
        .dataSource(dataSource)
        .sql(INSERT)
        .itemPreparedStatementSetter(
            (session, statement) -> {
              statement.setObject(1, session.id());
              statement.setString(2, session.externalSessionId());
              statement.setString(3, session.sessionType());
              statement.setObject(4, session.participantId());
              statement.setObject(5, session.volunteerId());
              statement.setObject(6, session.scheduledAt());
              statement.setObject(7, session.completedAt());
              statement.setInt(8, session.durationMinutes());
              statement.setBigDecimal(9, session.rating());
              statement.setString(10, session.feedbackText());
              statement.setString(11, session.languageLevel());
            })
        // A session that exists is no failure.
        .assertUpdates(false)
        .build();
  }

  @Bean
  Step importSessions(
      JobRepository jobRepository,
      PlatformTransactionManager transactionManager,
      FlatFileItemReader<SessionRow> reader,
      ItemProcessor<SessionRow, Session> processor,
      JdbcBatchItemWriter<Session> writer) {
    return new StepBuilder("importSessions", jobRepository)
        .<SessionRow, Session>chunk(CHUNK, transactionManager)
        .reader(reader)
        .processor(processor)
        .writer(writer)
        .faultTolerant()
        .skip(FlatFileParseException.class)
        .skip(ValidationException.class)
        .skipLimit(Integer.MAX_VALUE)
        // Nothing was written when validation fails; without this each bad row repeats its chunk.
        .noRollback(ValidationException.class)
        .build();
  }

  @Bean
  Job importJob(JobRepository jobRepository, Step importSessions) {
    return new JobBuilder("importJob", jobRepository).start(importSessions).build();
  }
}
