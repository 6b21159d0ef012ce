package org.kintell.backfill.erasure;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.Predicate;
import org.kintell.backfill.config.BackfillSettings;
import org.kintell.backfill.erasure.ErasureReport.Found;
import org.kintell.backfill.reject.ErrorFile;
import org.kintell.backfill.reject.ErrorObjects;
import org.kintell.backfill.store.Bucket;
import org.kintell.backfill.store.BucketStore;
import org.kintell.backfill.store.LocalFile;
import org.kintell.backfill.store.ObjectStore;
import org.kintell.backfill.store.OnBucket;
import org.springframework.context.annotation.Conditional;
import org.springframework.stereotype.Component;

/** The service's own files in a bucket. Each is fetched, searched, and stored again if changed. */
@Component
@Conditional(OnBucket.class)
class BucketFiles implements OwnFiles {

  private final ObjectStore objects;
  private final long mostBytes;

  BucketFiles(ObjectStore objects, BackfillSettings settings) {
    this.objects = objects;
    this.mostBytes = settings.maxUpload().toBytes();
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

  private final class ObjectHits implements Hits {
    private final PersonRows person;
    private final PersonFiles files;
    private final List<UUID> jobs = new ArrayList<>();
    private final List<String> keys = new ArrayList<>();

    ObjectHits(PersonRows person, List<String> notCovered) {
      this.person = person;
      this.files = new PersonFiles(person, notCovered);
    }

    void search(String before, String after, Predicate<UUID> known) throws IOException {
      for (ObjectStore.Entry object : objects.list(before)) {
        String key = object.key();
        UUID job = OwnFiles.jobId(key, before, after).filter(known).orElse(null);
        if (job != null && files.searchOwn(objects.address(key), () -> objects.local(key))) {
          jobs.add(job);
          keys.add(key);
        }
      }
    }

    void searchAll(String prefix, Predicate<String> wanted) throws IOException {
      for (ObjectStore.Entry object : objects.list(prefix)) {
        String key = object.key();
        if (wanted.test(key)
            && files.searchForeign(
                objects.address(key), object.size(), mostBytes, () -> objects.local(key))) {
          keys.add(key);
        }
      }
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
      return files.found();
    }

    @Override
    public void erase() throws IOException {
      for (String key : keys) {
        try (LocalFile copy = objects.local(key)) {
          if (person.erase(copy.path()) > 0) {
            objects.put(key, copy.path());
          }
        }
      }
    }
  }
}
