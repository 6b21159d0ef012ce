package org.kintell.backfill.api;

import jakarta.servlet.http.HttpServletRequest;
import java.util.List;
import org.apache.camel.Body;
import org.apache.camel.Header;
import org.kintell.backfill.job.Job;
import org.kintell.backfill.job.JobHistory;
import org.kintell.backfill.job.JobHistory.Place;
import org.springframework.stereotype.Component;

/** What clients ask of the history of jobs. */
@Component
public class JobListing {

  private final JobHistory history;
  private final JobRequests requests;

  JobListing(JobHistory history, JobRequests requests) {
    this.history = history;
    this.requests = requests;
  }

  /** The page of jobs that a request's parameters ask for. */
  public JobsPage list(@Header("CamelHttpServletRequest") HttpServletRequest request) {
    ListQuery query = ListQuery.of(request.getParameterMap());
    // One more than wanted says whether there is another page.
    List<Job> jobs = history.list(query.filter(), query.place(), query.limit() + 1);
    List<Job> page = jobs.subList(0, Math.min(jobs.size(), query.limit()));
    boolean more = jobs.size() > page.size();
    return new JobsPage(
        page.stream().map(requests::listedDocumentOf).toList(),
        more ? ListQuery.cursor(Place.after(page.get(page.size() - 1))) : null);
  }

  /** The whole story of a job. */
  public JobReport report(@Body Job job) {
    return JobReport.of(job, requests.documentOf(job), history.tell(job));
  }
}
