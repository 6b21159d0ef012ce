package org.kintell.backfill.inbox;

import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.apache.camel.Body;
import org.apache.camel.Exchange;
import org.kintell.backfill.config.BackfillSettings;
import org.kintell.backfill.csv.UnusableFileException;
import org.kintell.backfill.database.SqlFile;
import org.kintell.backfill.file.SourceFile;
import org.kintell.backfill.folder.Workspace;
import org.kintell.backfill.job.JobRepository;
import org.kintell.backfill.job.Ownership;
import org.kintell.backfill.start.Upload;
import org.kintell.backfill.store.Bucket;
import org.kintell.backfill.store.ObjectStore;
import org.kintell.backfill.store.OnBucket;
import org.springframework.context.annotation.Conditional;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * The objects in {@code inbox/} of the bucket. Each version of one is taken by one process, which
 * the database decides; an object appears whole, so nobody waits for its end.
 */
@Component
@Conditional(OnBucket.class)
public class BucketInbox {

  private static final String TAKEN = SqlFile.read("inbox/taken-objects");
  private static final String TAKE = SqlFile.read("inbox/take-object");
  private static final String OVER = SqlFile.read("inbox/objects-over");
  private static final String ATTEMPTS =
      "SELECT attempts FROM backfill_inbox_objects WHERE address = :address AND etag = :etag";
  private static final String SET_ATTEMPTS =
      "UPDATE backfill_inbox_objects SET attempts = :attempts WHERE address = :address AND etag = :etag";
  private static final String FORGET =
      "DELETE FROM backfill_inbox_objects WHERE address = :address AND etag = :etag";

  private final ObjectStore objects;
  private final JdbcClient jdbc;
  private final JobRepository jobs;
  private final Ownership ownership;
  private final Workspace workspace;
  private final ReadingAttempts attempts;
  private final Charset charset;

  BucketInbox(
      ObjectStore objects,
      JdbcClient jdbc,
      JobRepository jobs,
      Ownership ownership,
      Workspace workspace,
      ReadingAttempts attempts,
      BackfillSettings settings) {
    this.objects = objects;
    this.jdbc = jdbc;
    this.jobs = jobs;
    this.ownership = ownership;
    this.workspace = workspace;
    this.attempts = attempts;
    this.charset = SourceFile.charset(settings.inboxCharset()).orElseThrow();
  }

  /** The objects of which a job is to be made. */
  public List<InboxObject> arrivals() throws IOException {
    List<InboxObject> arrivals = new ArrayList<>();
    for (ObjectStore.Entry object : objects.list(Bucket.INBOX)) {
      InboxObject found = new InboxObject(object.key(), object.etag(), null);
      if (InboxObject.isName(found.name())) {
        arrivals.add(found);
      }
    }
    if (!arrivals.isEmpty()) {
      Set<List<String>> taken =
          new HashSet<>(
              jdbc.sql(TAKEN)
                  .param("node", ownership.number())
                  .query((row, number) -> List.of(row.getString(1), row.getString(2)))
                  .list());
      arrivals.removeIf(object -> taken.contains(List.of(address(object), object.etag())));
    }
    return arrivals;
  }

  private String address(InboxObject object) {
    return objects.address(object.key());
  }

  /** The object with the id of its job; null if another process has taken it. */
  public InboxObject take(@Body InboxObject object) {
    return jdbc.sql(TAKE)
        .param("address", address(object))
        .param("etag", object.etag())
        .param("node", ownership.number())
        .query(UUID.class)
        .optional()
        .map(object::as)
        .orElse(null);
  }

  public boolean isWithoutJob(@Body InboxObject object) {
    return jobs.find(object.jobId()).isEmpty();
  }

  /**
   * The object as an upload, from a copy on this machine; its options are a property.
   *
   * @throws UnusableFileException if reading the object ended too many processes
   */
  public Upload upload(@Body InboxObject object, Exchange exchange) throws IOException {
    int before =
        jdbc.sql(ATTEMPTS)
            .param("address", address(object))
            .param("etag", object.etag())
            .query(Integer.class)
            .single();
    attempts.begin(object.jobId(), before, () -> setAttempts(object, 0), exchange);
    setAttempts(object, before + 1);
    Path copy = workspace.file(".inbox");
    Inbox.atEnd(exchange, () -> Workspace.discard(copy));
    objects.copy(object.key(), copy, object.etag());
    Path json = FileParameters.beside(copy);
    if (objects.exists(object.parameters())) {
      Inbox.atEnd(exchange, () -> Workspace.discard(json));
      objects.copy(object.parameters(), json, null);
    }
    return FileParameters.of(copy, object.name(), charset)
        .upload(object.jobId(), object.name(), copy, exchange);
  }

  private void setAttempts(InboxObject object, int attempts) {
    jdbc.sql(SET_ATTEMPTS)
        .param("attempts", attempts)
        .param("address", address(object))
        .param("etag", object.etag())
        .update();
  }

  /** The objects of this process, and of lost ones, whose job is over. */
  public List<InboxObject> over() {
    return jdbc
        .sql(OVER)
        .param("node", ownership.number())
        .query((row, number) -> object(row))
        .list()
        .stream()
        .filter(object -> object != null)
        .toList();
  }

  /** Null for one of another bucket. */
  private InboxObject object(ResultSet row) throws SQLException {
    String prefix = objects.address("");
    String address = row.getString("address");
    return address.startsWith(prefix)
        ? new InboxObject(
            address.substring(prefix.length()),
            row.getString("etag"),
            row.getObject("job_id", UUID.class))
        : null;
  }

  /** Notes that the object is where it belongs: another one of the same content is a new one. */
  void forget(InboxObject object) {
    jdbc.sql(FORGET).param("address", address(object)).param("etag", object.etag()).update();
  }
}
