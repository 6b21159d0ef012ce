package org.kintell.backfill.ops;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.apache.camel.CamelExecutionException;
import org.apache.camel.ProducerTemplate;
import org.kintell.backfill.api.JobControl;
import org.kintell.backfill.api.JobListing;
import org.kintell.backfill.api.JobQueries;
import org.kintell.backfill.api.NodeListing;
import org.kintell.backfill.http.problem.ApiException;
import org.kintell.backfill.job.ErrorBudget;
import org.kintell.backfill.job.Job;
import org.kintell.backfill.job.JobStatus;
import org.kintell.backfill.trail.Actor;
import org.springframework.jmx.export.annotation.ManagedOperation;
import org.springframework.jmx.export.annotation.ManagedOperationParameter;
import org.springframework.jmx.export.annotation.ManagedResource;
import org.springframework.stereotype.Component;

/** The jobs, with the same status objects and refusals as over HTTP. */
@Component
@ManagedResource(
    objectName = "org.kintell.backfill:type=Jobs",
    description = "The jobs: look at them, start, pause, resume and cancel them")
public class JobsMBean {

  private static final TypeReference<Map<String, Object>> FIELDS = new TypeReference<>() {};
  private static final String LIMIT = "how many at most, 1 to 500; 0 for 50";
  private static final int MOST = 500;

  /** Hawtio's default of 0 means the usual limit. */
  private static final int USUAL = 50;

  private final JobListing listing;
  private final NodeListing nodes;
  private final JobQueries requests;
  private final JobControl control;
  private final ProducerTemplate camel;
  private final ObjectMapper json;

  JobsMBean(
      JobListing listing,
      NodeListing nodes,
      JobQueries requests,
      JobControl control,
      ProducerTemplate camel,
      ObjectMapper json) {
    this.listing = listing;
    this.nodes = nodes;
    this.requests = requests;
    this.control = control;
    this.camel = camel;
    this.json = json;
  }

  @ManagedOperation(description = "The newest jobs")
  @ManagedOperationParameter(name = "limit", description = LIMIT)
  public List<Map<String, Object>> list(int limit) {
    return list(EnumSet.allOf(JobStatus.class), limit);
  }

  @ManagedOperation(description = "The newest jobs in one state")
  @ManagedOperationParameter(name = "status", description = "such as running or failed")
  @ManagedOperationParameter(name = "limit", description = LIMIT)
  public List<Map<String, Object>> listByStatus(String status, int limit) {
    JobStatus wanted =
        Arrays.stream(JobStatus.values())
            .filter(known -> known.stored().equals(status))
            .findFirst()
            .orElseThrow(() -> new IllegalArgumentException("There is no status " + status));
    return list(EnumSet.of(wanted), limit);
  }

  private List<Map<String, Object>> list(Set<JobStatus> statuses, int limit) {
    if (limit < 0 || limit > MOST) {
      throw new IllegalArgumentException(
          "limit must be a whole number from 1 to %d, or 0 for %d".formatted(MOST, USUAL));
    }
    int wanted = limit == 0 ? USUAL : limit;
    return listing.newest(statuses, wanted).stream().map(this::fields).toList();
  }

  @ManagedOperation(description = "The processes that load chunks on this database")
  public List<Map<String, Object>> nodes() {
    return nodes.list().nodes().stream().map(node -> json.convertValue(node, FIELDS)).toList();
  }

  @ManagedOperation(description = "The status object of a job")
  @ManagedOperationParameter(name = "jobId", description = "the id that start answered with")
  public Map<String, Object> status(String jobId) {
    return fields(jobId, job -> job);
  }

  @ManagedOperation(description = "Pauses a job at its next chunk boundary")
  @ManagedOperationParameter(name = "jobId", description = "the id that start answered with")
  public Map<String, Object> pause(String jobId) {
    return fields(jobId, control::pause);
  }

  @ManagedOperation(description = "Stops a job at its next chunk boundary, for good")
  @ManagedOperationParameter(name = "jobId", description = "the id that start answered with")
  public Map<String, Object> cancel(String jobId) {
    return fields(jobId, control::cancel);
  }

  private Map<String, Object> fields(String jobId, UnaryOperator<Job> request) {
    try {
      return fields(Actor.viaJmx().call(() -> request.apply(requests.find(jobId))));
    } catch (ApiException e) {
      throw refusal(e);
    }
  }

  @ManagedOperation(
      description = "Starts a job or lets it go on from where it stopped, and does not wait")
  @ManagedOperationParameter(name = "jobId", description = "the id that start answered with")
  public Map<String, Object> resume(String jobId) {
    try {
      Job job = requests.find(jobId);
      Actor.viaJmx()
          .run(
              () ->
                  camel.requestBodyAndHeader("direct:resume-job", job, "budget", ErrorBudget.NONE));
      return status(jobId);
    } catch (ApiException e) {
      throw refusal(e);
    } catch (CamelExecutionException e) {
      throw e.getCause() instanceof ApiException refused ? refusal(refused) : e;
    }
  }

  private Map<String, Object> fields(Job job) {
    return json.convertValue(requests.documentOf(job), FIELDS);
  }

  /** A standard exception, because a JMX client does not know our classes. */
  private static IllegalArgumentException refusal(ApiException refused) {
    return new IllegalArgumentException(refused.problem().detail());
  }
}
