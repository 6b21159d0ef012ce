package org.kintell.backfill.api;

import com.google.common.util.concurrent.Uninterruptibles;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Semaphore;
import org.apache.camel.Body;
import org.apache.camel.Header;
import org.kintell.backfill.http.problem.ApiException;
import org.kintell.backfill.http.problem.ProblemType;
import org.kintell.backfill.job.Job;
import org.kintell.backfill.job.JobHistory;
import org.kintell.backfill.job.JobHistory.Place;
import org.kintell.backfill.trail.Trail;
import org.springframework.stereotype.Component;

/** What clients ask of the history of jobs. */
@Component
public class JobListing {

  /** Each reads all jobs in the worst case, so more at once would be no faster. */
  private static final int MOST_SEARCHES = 4;

  private static final Duration PATIENCE = Duration.ofSeconds(2);
  private static final Duration RETRY_AFTER = Duration.ofSeconds(5);

  private final Semaphore searches = new Semaphore(MOST_SEARCHES);
  private final JobHistory history;
  private final JobQueries requests;
  private final Trail trail;

  JobListing(JobHistory history, JobQueries requests, Trail trail) {
    this.trail = trail;
    this.history = history;
    this.requests = requests;
  }

  /** The page of jobs that a request's parameters ask for. */
  public JobsPage list(@Header("CamelHttpServletRequest") HttpServletRequest request) {
    ListQuery query = ListQuery.of(request.getParameterMap());
    // One more than wanted says whether there is another page.
    List<Job> jobs = query.isSearch() ? search(query) : list(query);
    List<Job> page = jobs.subList(0, Math.min(jobs.size(), query.limit()));
    boolean more = jobs.size() > page.size();
    return new JobsPage(
        page.stream().map(requests::listedDocumentOf).toList(),
        more ? ListQuery.cursor(Place.after(page.get(page.size() - 1))) : null);
  }

  private List<Job> search(ListQuery query) {
    if (!Uninterruptibles.tryAcquireUninterruptibly(searches, PATIENCE)) {
      throw new ApiException(ProblemType.TOO_MANY_SEARCHES)
          .retryAfter(RETRY_AFTER)
          .closingConnection();
    }
    try {
      return list(query);
    } finally {
      searches.release();
    }
  }

  private List<Job> list(ListQuery query) {
    return history.list(query.filter(), query.place(), query.limit() + 1);
  }

  /** The whole story of a job. */
  public JobReport report(@Body Job job) {
    return JobReport.of(job, requests.documentOf(job), history.tell(job), trail.of(job.id()));
  }
}
