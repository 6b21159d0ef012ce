package org.kintell.backfill.erasure;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.function.Predicate;
import org.kintell.backfill.csv.UnusableFileException;
import org.kintell.backfill.erasure.ErasureReport.Found;
import org.kintell.backfill.file.SourceFile;
import org.kintell.backfill.folder.Workspace;
import org.kintell.backfill.reject.ErrorFile;
import org.kintell.backfill.reject.ErrorObjects;
import org.kintell.backfill.store.Bucket;
import org.kintell.backfill.store.BucketStore;
import org.kintell.backfill.store.LocalFile;
import org.kintell.backfill.store.ObjectStore;
import org.kintell.backfill.store.OnBucket;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.annotation.Conditional;
import org.springframework.stereotype.Component;

/** The service's own files in a bucket. Each is fetched, searched, and stored again if changed. */
@Component
@Conditional(OnBucket.class)
class BucketFiles implements OwnFiles {

  private static final Logger LOG = LoggerFactory.getLogger(BucketFiles.class);

  private final ObjectStore objects;
  private final Workspace workspace;

  BucketFiles(ObjectStore objects, Workspace workspace) {
    this.objects = objects;
    this.workspace = workspace;
  }

  /** Rows set aside are in two objects: both are changed, and the first is counted. */
  @Override
  public Hits uploads(PersonRows person, Predicate<UUID> known, List<String> notCovered)
      throws IOException {
    ObjectHits hits = new ObjectHits(person, notCovered);
    hits.search(BucketStore.UPLOADS, CSV, known);
    hits.alsoIn(BucketStore.ASIDE);
    return hits;
  }

  @Override
  public Hits errorFiles(PersonRows person, Predicate<UUID> known, List<String> notCovered)
      throws IOException {
    ObjectHits hits = new ObjectHits(person, notCovered);
    hits.search(ErrorObjects.ERRORS + ErrorFile.NAME, CSV, known);
    return hits;
  }

  @Override
  public Hits inboxResults(PersonRows person, List<String> notCovered) throws IOException {
    ObjectHits hits = new ObjectHits(person, notCovered);
    hits.searchAll(Bucket.DONE, key -> true);
    hits.searchAll(Bucket.FAILED, key -> true);
    return hits;
  }

  @Override
  public List<String> inboxFiles(PersonRows person, List<String> notCovered) throws IOException {
    ObjectHits hits = new ObjectHits(person, notCovered);
    hits.searchAll(Bucket.INBOX, key -> key.indexOf('/', Bucket.INBOX.length()) < 0);
    return hits.keys.stream().map(key -> key.substring(Bucket.INBOX.length())).toList();
  }

  private LocalFile fetch(String key) throws IOException {
    return objects.local(key, workspace.file(".search"));
  }

  private final class ObjectHits implements Hits {
    private final PersonRows person;
    private final List<String> notCovered;
    private final List<UUID> jobs = new ArrayList<>();
    private final List<String> keys = new ArrayList<>();
    private Found found = Found.NOTHING;

    ObjectHits(PersonRows person, List<String> notCovered) {
      this.person = person;
      this.notCovered = notCovered;
    }

    void search(String before, String after, Predicate<UUID> known) throws IOException {
      for (ObjectStore.Entry object : objects.list(before)) {
        UUID job = OwnFiles.jobId(object.key(), before, after).filter(known).orElse(null);
        long rows = job == null ? 0 : count(object.key());
        if (rows > 0) {
          jobs.add(job);
          keys.add(object.key());
          found = found.plus(rows);
        }
      }
    }

    void searchAll(String prefix, Predicate<String> wanted) throws IOException {
      for (ObjectStore.Entry object : objects.list(prefix)) {
        String key = object.key();
        boolean csv = key.toLowerCase(Locale.ROOT).endsWith(CSV);
        long rows = !wanted.test(key) ? 0 : csv ? count(key) : mentions(key);
        if (rows > 0) {
          keys.add(key);
          found = found.plus(rows);
        }
      }
    }

    /** Other files cannot be changed. Always 0. */
    private long mentions(String key) {
      try (LocalFile copy = fetch(key);
          InputStream content = SourceFile.of(copy.path(), key, StandardCharsets.UTF_8).open()) {
        if (person.mentions(content)) {
          notCovered.add(
              objects.address(key)
                  + ": holds the address and is no plain CSV file; remove it by hand");
        }
      } catch (IOException | UnusableFileException e) {
        addUnread(key, e);
      }
      return 0;
    }

    private long count(String key) {
      try (LocalFile copy = fetch(key)) {
        return person.count(copy.path());
      } catch (UnusableFileException e) {
        notCovered.add(
            objects.address(key)
                + ": holds the address and has no usable header; remove it by hand");
      } catch (NoSuchFileException e) {
        LOG.debug("Removed meanwhile: {}", key);
      } catch (IOException e) {
        addUnread(key, e);
      }
      return 0;
    }

    private void addUnread(String key, Exception e) {
      LOG.debug("An object cannot be looked through", e);
      notCovered.add(
          objects.address(key)
              + ": cannot be read, so it may hold the address; look through it by hand");
    }

    /** Adds the objects of the same jobs with this ending. */
    void alsoIn(String ending) throws IOException {
      for (UUID job : jobs) {
        String key = BucketStore.UPLOADS + job + ending;
        if (objects.exists(key)) {
          keys.add(key);
        }
      }
    }

    @Override
    public List<UUID> jobs() {
      return jobs;
    }

    @Override
    public Found found() {
      return found;
    }

    @Override
    public void erase() throws IOException {
      for (String key : keys) {
        try (LocalFile copy = fetch(key)) {
          if (person.erase(copy.path()) > 0) {
            objects.put(key, copy.path());
          }
        }
      }
    }
  }
}
