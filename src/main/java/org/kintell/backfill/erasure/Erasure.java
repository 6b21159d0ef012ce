package org.kintell.backfill.erasure;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import jakarta.validation.Validator;
import java.io.IOException;
import java.io.InputStream;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.locks.ReentrantLock;
import org.kintell.backfill.config.BackfillSettings;
import org.kintell.backfill.database.SqlFile;
import org.kintell.backfill.folder.OwnFolder;
import org.kintell.backfill.http.problem.ApiException;
import org.kintell.backfill.http.problem.ProblemType;
import org.kintell.backfill.job.Job;
import org.kintell.backfill.job.JobRepository;
import org.kintell.backfill.job.JobStatus;
import org.kintell.backfill.row.EmailAddress;
import org.kintell.backfill.trail.Actor;
import org.kintell.backfill.trail.Trail;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.RowCallbackHandler;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Erases the data of one person from files and tables. All files are searched first, so that
 * nothing changes if a job is not over. After a failure it can be repeated.
 */
@Component
public class Erasure {

  private static final Logger LOG = LoggerFactory.getLogger(Erasure.class);

  private static final String ERASE = SqlFile.read("erasure/erase-person");

  /** SQLSTATE of a refusal: object not in prerequisite state. */
  private static final String NOT_OVER = "55000";

  private static final int LONGEST_BODY = 64 * 1024;

  private static final List<String> ELSEWHERE =
      List.of(
          "users: belongs to the User Management API",
          "messages in a stream: they hold ids only",
          "backups, and the files that were sent, where others keep them",
          "error files that were downloaded or copied");

  private final OwnFiles ownFiles;
  private final BackfillSettings settings;
  private final JobRepository jobs;
  private final JdbcClient jdbc;
  private final TransactionTemplate transaction;
  private final Trail trail;
  private final ObjectMapper json;
  private final Validator validator;

  /** One at a time, because it reads all stored files. */
  private final ReentrantLock running = new ReentrantLock();

  Erasure(
      OwnFiles ownFiles,
      BackfillSettings settings,
      JobRepository jobs,
      JdbcClient jdbc,
      TransactionTemplate transaction,
      Trail trail,
      ObjectMapper json,
      Validator validator) {
    this.ownFiles = ownFiles;
    this.settings = settings;
    this.jobs = jobs;
    this.jdbc = jdbc;
    this.transaction = transaction;
    this.trail = trail;
    this.json = json;
    this.validator = validator;
  }

  @JsonIgnoreProperties(ignoreUnknown = true)
  record Person(String email) {}

  /**
   * Erases the person that a request names; a dry run only counts.
   *
   * @throws ApiException if it names none, another erasure is running in this process, or a job
   *     with rows of the person is not over
   */
  public ErasureReport erase(InputStream body, boolean dryRun) throws IOException {
    String email = email(body);
    if (!running.tryLock()) {
      throw new ApiException(ProblemType.ERASURE_RUNNING);
    }
    try {
      return erase(email, dryRun);
    } finally {
      running.unlock();
    }
  }

  private ErasureReport erase(String email, boolean dryRun) throws IOException {
    PersonRows person = new PersonRows(email);
    List<String> notCovered = new ArrayList<>(ELSEWHERE);
    TreeSet<String> notOver = new TreeSet<>();
    OwnFiles.Hits uploads = ownFiles.uploads(person, this::isKnown, notCovered);
    for (UUID id : uploads.jobs()) {
      jobs.find(id).filter(Erasure::canGoOn).ifPresent(job -> add(job, notOver));
    }
    OwnFiles.Hits errorFiles = ownFiles.errorFiles(person, this::isKnown, notCovered);
    long most = settings.maxUpload().toBytes();
    PersonFiles inbox = new PersonFiles(person, notCovered);
    inbox.search(results("done"), most);
    inbox.search(results("failed"), most);
    PersonFiles toCome = new PersonFiles(person, notCovered);
    toCome.search(settings.inboxDir(), most);
    toCome.files().forEach(file -> notOver.add("inbox file " + file.getFileName()));
    OwnFiles.Hits inboxObjects = ownFiles.inboxResults(person, notCovered);
    ownFiles.inboxFiles(person, notCovered).forEach(name -> notOver.add("inbox file " + name));
    if (!dryRun && !notOver.isEmpty()) {
      throw new ApiException(ProblemType.JOB_NOT_OVER, String.join(", ", notOver));
    }
    ErasureReport report =
        transaction.execute(
            status -> {
              ErasureReport found =
                  new ErasureReport(
                      dryRun,
                      uploads.found(),
                      errorFiles.found(),
                      inbox.found().and(inboxObjects.found()),
                      eraseRows(email, dryRun),
                      notCovered);
              trail.note(dryRun ? "erasure-previewed" : "erased", null, counts(found));
              return found;
            });
    if (!dryRun) {
      uploads.erase();
      errorFiles.erase();
      inbox.erase();
      inboxObjects.erase();
    }
    LOG.info(
        "Person {}, by {}: {}",
        dryRun ? "searched (dry run of an erasure)" : "erased",
        Actor.current(),
        counts(report));
    return report;
  }

  /** Rows by table. */
  private Map<String, Long> eraseRows(String email, boolean dryRun) {
    Map<String, Long> rows = new TreeMap<>();
    try {
      jdbc.sql(ERASE)
          .param("email", email)
          .param("dryRun", dryRun)
          .query((RowCallbackHandler) row -> rows.put(row.getString("what"), row.getLong("lines")));
    } catch (DataAccessException e) {
      if (e.getRootCause() instanceof SQLException refused
          && NOT_OVER.equals(refused.getSQLState())) {
        String message = refused.getMessage().lines().findFirst().orElse("");
        throw new ApiException(
            ProblemType.JOB_NOT_OVER,
            "jobs " + message.substring(message.lastIndexOf(':') + 1).strip());
      }
      throw e;
    }
    return rows;
  }

  private static String counts(ErasureReport report) {
    return "rows in stored uploads %d, in error files %d, in inbox files %d, in the database %s"
        .formatted(
            report.storedUploads().rows(),
            report.errorFiles().rows(),
            report.inboxFiles().rows(),
            report.database());
  }

  private String email(InputStream body) throws IOException {
    try {
      Person person = json.readValue(body.readNBytes(LONGEST_BODY), Person.class);
      String email = person == null || person.email() == null ? "" : person.email().strip();
      if (!email.isEmpty() && EmailAddress.isValid(email, validator)) {
        return email;
      }
    } catch (JsonProcessingException e) {
      LOG.debug("No JSON: {}", e.getOriginalMessage());
    }
    throw new ApiException(ProblemType.INVALID_EMAIL);
  }

  /** Other databases may share the place of the files. */
  private boolean isKnown(UUID jobId) {
    return jobs.find(jobId).isPresent();
  }

  private OwnFolder results(String name) throws IOException {
    return new OwnFolder(settings.inboxDir().resolve(name), settings.dataDir().toRealPath());
  }

  private static boolean canGoOn(Job job) {
    return job.status() != JobStatus.COMPLETED
        && job.status() != JobStatus.CANCELLED
        && job.status() != JobStatus.ROLLED_BACK;
  }

  private static void add(Job job, TreeSet<String> notOver) {
    notOver.add("job " + job.id() + " (" + job.status().stored() + ")");
  }
}
