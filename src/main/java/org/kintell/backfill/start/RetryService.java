package org.kintell.backfill.start;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.kintell.backfill.http.problem.ApiException;
import org.kintell.backfill.http.problem.ProblemType;
import org.kintell.backfill.job.Job;
import org.kintell.backfill.job.JobRepository;
import org.kintell.backfill.job.JobStatus;
import org.kintell.backfill.reject.Corrections;
import org.kintell.backfill.reject.ErrorFile;
import org.kintell.backfill.reject.OpenRejects;
import org.kintell.backfill.row.Rule;
import org.springframework.stereotype.Component;

/** Turns rejects into an upload again, corrected by a user or unchanged. */
@Component
public class RetryService {

  private static final String PARENT = "parentJobId";

  private static final Set<JobStatus> RETRYABLE =
      EnumSet.of(
          JobStatus.PENDING,
          JobStatus.PAUSED,
          JobStatus.COMPLETED,
          JobStatus.FAILED,
          JobStatus.CANCELLED);

  private final JobRepository jobs;
  private final OpenRejects openRejects;

  RetryService(JobRepository jobs, OpenRejects openRejects) {
    this.jobs = jobs;
    this.openRejects = openRejects;
  }

  /** Sets the parent that the request names, if any. */
  public Upload adopt(Upload upload, String parentJobId) {
    if (parentJobId == null) {
      return upload;
    }
    Job parent = parent(parentJobId);
    return upload.withParent(new Upload.Parent(parent.id(), false)).withZone(parent.zone());
  }

  private Job parent(String parentJobId) {
    try {
      UUID id = UUID.fromString(parentJobId);
      return jobs.find(id)
          .filter(job -> !job.dryRun())
          .orElseThrow(() -> ApiException.unknownJob(parentJobId));
    } catch (IllegalArgumentException e) {
      throw ApiException.invalidParameter(
          PARENT, parentJobId, "the id of a job, as start answered with it");
    }
  }

  /**
   * The open rejects of a job as an upload. The caller deletes its file.
   *
   * @param asked requested causes; null for all
   */
  public Upload retry(Job job, String[] asked) throws IOException {
    List<String> causes = causes(asked);
    requireRetryable(job);
    Path file = write(job, causes);
    if (file == null) {
      throw new ApiException(
          ProblemType.NOTHING_TO_RETRY,
          job.id(),
          asked == null ? "" : " with " + String.join(" or ", causes));
    }
    return upload(job, file, new Upload.Parent(job.id(), true));
  }

  /**
   * The rejects of a job that corrections change, corrected, as an upload.
   *
   * @return its content is to be deleted by the caller
   */
  public Upload correct(Job job, Corrections corrections) throws IOException {
    requireRetryable(job);
    Path file = openRejects.write(job, corrections);
    if (file == null) {
      throw new ApiException(
          ProblemType.NOTHING_TO_RETRY, job.id(), " that the corrections change");
    }
    return upload(job, file, new Upload.Parent(job.id(), true, true));
  }

  private static Upload upload(Job job, Path file, Upload.Parent parent) {
    return new Upload(UUID.randomUUID(), ErrorFile.name(job.id()), file, Upload.Origin.HTTP)
        .withParent(parent)
        .withZone(job.zone());
  }

  /** The parameter may be repeated and may list several causes, separated by commas. */
  private static List<String> causes(String[] asked) {
    List<String> known = Arrays.stream(Rule.values()).map(Rule::cause).toList();
    if (asked == null) {
      return known;
    }
    List<String> causes =
        Arrays.stream(asked)
            .flatMap(cause -> Arrays.stream(cause.split(",", -1)))
            .map(String::strip)
            .distinct()
            .toList();
    if (!known.containsAll(causes)) {
      throw new ApiException(ProblemType.UNKNOWN_CAUSE, String.join(", ", known));
    }
    return causes;
  }

  private static void requireRetryable(Job job) {
    if (job.status() == JobStatus.RUNNING || job.isWaiting()) {
      throw job.cannotBe("retried", "Wait for its end, or pause it.");
    }
    if (!RETRYABLE.contains(job.status())) {
      throw job.cannotBe("retried", "Import the file as a new job.");
    }
  }

  private Path write(Job job, List<String> causes) throws IOException {
    try {
      return openRejects.write(job, causes);
    } catch (UncheckedIOException e) {
      throw e.getCause() instanceof NoSuchFileException
          ? new ApiException(ProblemType.LONG_REJECT_GONE, job.id())
          : e;
    }
  }
}
