package org.kintell.backfill.api;

import java.net.URI;
import org.apache.camel.FluentProducerTemplate;
import org.kintell.backfill.job.Job;
import org.kintell.backfill.job.JobOptions;
import org.kintell.backfill.start.Upload;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Component;

/**
 * Creates jobs for controllers, and queues them. The routes {@code start-job} and {@code
 * enqueue-job} do the work.
 */
@Component
class JobStarter {

  private final FluentProducerTemplate camel;
  private final JobQueries queries;

  JobStarter(FluentProducerTemplate camel, JobQueries queries) {
    this.camel = camel;
    this.queries = queries;
  }

  Job create(Upload upload, JobOptions options) {
    return camel
        .withBody(upload)
        .withExchangeProperty("options", options)
        .to("direct:start-job")
        .request(Job.class);
  }

  void enqueue(Job job) {
    camel.withBody(job.id()).to("direct:enqueue-job").request();
  }

  /**
   * Creates and queues a job of rejects, which treats duplicates as its parent does. The answer has
   * its document and names its status.
   */
  ResponseEntity<Object> start(Upload rejects, Job parent) {
    Job job = create(rejects, parent.options().withoutBudget());
    enqueue(job);
    return ResponseEntity.accepted().location(statusOf(job)).body(queries.document(job));
  }

  static URI statusOf(Job job) {
    return URI.create("/import/backfill/" + job.id() + "/status");
  }
}
