package org.kintell.backfill.job.run;

import java.util.Collection;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;
import org.kintell.backfill.database.SqlFile;
import org.kintell.backfill.job.JobLog;
import org.kintell.backfill.job.Ownership;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Logs what somebody changed of a job in SQL, which no request and no route has logged. */
@Repository
public class ChangesByHand {

  private static final Logger LOG = LoggerFactory.getLogger(ChangesByHand.class);

  private static final String FIND = SqlFile.read("job/run/changes-by-hand");

  private final JdbcClient jdbc;
  private final Ownership ownership;

  /** The numbers of lines in the trail. */
  private final Queue<Long> noted = new ConcurrentLinkedQueue<>();

  ChangesByHand(JdbcClient jdbc, Ownership ownership) {
    this.jdbc = jdbc;
    this.ownership = ownership;
  }

  /** Notes what was notified, without a statement: a sign of life must not wait for it. */
  void note(Collection<String> notifications) {
    notifications.stream().filter(text -> !text.isEmpty()).map(Long::valueOf).forEach(noted::add);
  }

  /** Logs what was noted; one process of all does so. */
  public void log() {
    Long[] lines =
        Stream.generate(noted::poll).takeWhile(line -> line != null).toArray(Long[]::new);
    if (lines.length > 0) {
      jdbc.sql(FIND)
          .param("lines", lines)
          .param("number", ownership.number())
          .query(
              row -> {
                String id = row.getString("job_id");
                JobLog.of(LOG.atInfo(), id)
                    .log(
                        "Job changed by hand, jobId: {}, {}, by {}",
                        id,
                        row.getString("change"),
                        row.getString("actor"));
              });
    }
  }
}
