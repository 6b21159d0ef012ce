package org.kintell.backfill.api.progress;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import org.kintell.backfill.api.progress.Pace.Bucket;
import org.kintell.backfill.database.SqlFile;
import org.kintell.backfill.job.Job;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** Serves the pace of a job, by the times at which its chunks were loaded. */
@RestController
class PaceController {

  private static final String PACE = SqlFile.read("api/progress/pace");

  /** Enough for a chart. */
  private static final int MOST = 200;

  /** Minimum length in seconds; chunks are less frequent. */
  private static final int SHORTEST = 1;

  private final JdbcClient jdbc;

  PaceController(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  @GetMapping("/import/backfill/{jobId}/pace")
  Pace pace(Job job) {
    BigDecimal[] seconds = {BigDecimal.ZERO};
    List<Bucket> buckets = new ArrayList<>();
    jdbc.sql(PACE)
        .param("jobId", job.id())
        .param("most", MOST)
        .param("shortest", SHORTEST)
        .query(
            row -> {
              seconds[0] = row.getBigDecimal("seconds").setScale(3, RoundingMode.HALF_UP);
              buckets.add(
                  new Bucket(
                      row.getObject("from", OffsetDateTime.class).toInstant(),
                      row.getLong("rows"),
                      row.getLong("rejects")));
            });
    return new Pace(seconds[0], buckets);
  }
}
