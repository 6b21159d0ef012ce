package org.kintell.backfill.api;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.kintell.backfill.folder.Workspace;
import org.kintell.backfill.http.Attachment;
import org.kintell.backfill.http.CsvPreference;
import org.kintell.backfill.http.problem.ApiException;
import org.kintell.backfill.job.Job;
import org.kintell.backfill.reject.ErrorFile;
import org.kintell.backfill.reject.MissingUsers;
import org.kintell.backfill.reject.RejectBrowser;
import org.kintell.backfill.reject.RejectPage;
import org.kintell.backfill.reject.RejectQuery;
import org.kintell.backfill.reject.RejectValues;
import org.kintell.backfill.start.JobParameters;
import org.kintell.backfill.trail.Trail;
import org.springframework.core.io.InputStreamResource;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.HttpMediaTypeNotAcceptableException;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.context.request.ServletWebRequest;

/**
 * Serves the rejects of a job: rows, values, and the users they need. All of it is personal data.
 */
@RestController
@RequestMapping("/import/backfill/{jobId}")
class RejectController {

  private static final int ROWS = 50;
  private static final int MOST_ROWS = 500;
  private static final int VALUES = 100;
  private static final int MOST_VALUES = 1000;

  private final RejectBrowser rejects;
  private final RejectValues values;
  private final MissingUsers users;
  private final Workspace workspace;
  private final Trail trail;

  RejectController(
      RejectBrowser rejects,
      RejectValues values,
      MissingUsers users,
      Workspace workspace,
      Trail trail) {
    this.rejects = rejects;
    this.values = values;
    this.users = users;
    this.workspace = workspace;
    this.trail = trail;
  }

  @GetMapping("/rejects")
  RejectPage rejects(
      Job job,
      @RequestParam(required = false) String cause,
      @RequestParam(required = false) String value,
      @RequestParam(required = false) String column,
      @RequestParam(required = false) String open,
      @RequestParam(required = false) String cursor,
      @RequestParam(required = false) String limit) {
    RejectQuery query = RejectQuery.of(cause, value, column, open);
    int most = limit(limit, ROWS, MOST_ROWS);
    long after = after(cursor);
    JobQueries.requireKept(job);
    if (after == 0) {
      trail.note("rejects-read", job.id(), null);
    } else {
      trail.noteOnce("rejects-read", job.id(), null);
    }
    return rejects.page(job, query, after, most);
  }

  @GetMapping("/rejects/values")
  RejectValues.Values values(
      Job job,
      @RequestParam(required = false) String cause,
      @RequestParam(required = false) String open,
      @RequestParam(required = false) String limit) {
    RejectQuery query = RejectQuery.of(cause == null ? "" : cause, null, null, open);
    int most = limit(limit, VALUES, MOST_VALUES);
    JobQueries.requireKept(job);
    trail.noteOnce("values-read", job.id(), query.causeName());
    return values.count(job, query, most);
  }

  @GetMapping("/missing-users")
  ResponseEntity<Object> missingUsers(
      Job job,
      @RequestParam(required = false) String spreadsheet,
      @RequestParam(required = false) String limit,
      ServletWebRequest request)
      throws IOException, HttpMediaTypeNotAcceptableException {
    ErrorFile.Form form = JobParameters.spreadsheet(spreadsheet);
    // None for the counts, which are no personal data.
    int most = "0".equals(limit) ? 0 : limit(limit, MissingUsers.MOST, MissingUsers.MOST);
    boolean csv = CsvPreference.of(request);
    JobQueries.requireKept(job);
    if (csv) {
      return csv(job, form);
    }
    if (most > 0) {
      trail.noteOnce("missing-users-read", job.id(), null);
    }
    return ResponseEntity.ok().contentType(MediaType.APPLICATION_JSON).body(users.find(job, most));
  }

  private ResponseEntity<Object> csv(Job job, ErrorFile.Form form) throws IOException {
    Path file = workspace.newFile(".csv");
    try {
      users.write(job, form, file);
      trail.note("missing-users-downloaded", job.id(), null);
      return ResponseEntity.ok()
          .contentType(CsvPreference.CSV)
          .headers(Attachment.named("missing_users_" + job.id() + ".csv"))
          .body(new InputStreamResource(Files.newInputStream(file)));
    } finally {
      // Its content is deleted after the answer is sent.
      Files.deleteIfExists(file);
    }
  }

  private static int limit(String text, int usual, int most) {
    if (text == null) {
      return usual;
    }
    if (text.matches("[1-9]\\d{0,3}") && Integer.parseInt(text) <= most) {
      return Integer.parseInt(text);
    }
    throw ApiException.invalidParameter("limit", text, "a whole number from 1 to " + most);
  }

  /** The row after which the page begins. */
  private static long after(String cursor) {
    if (cursor == null) {
      return 0;
    }
    if (cursor.matches("[1-9]\\d{0,17}")) {
      return Long.parseLong(cursor);
    }
    throw ApiException.invalidParameter("cursor", cursor, "the value of next in an earlier page");
  }
}
