package org.kintell.backfill.store;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.component.aws2.s3.AWS2S3Constants;
import org.kintell.backfill.folder.FileModes;
import org.kintell.backfill.folder.Workspace;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.annotation.Conditional;
import org.springframework.stereotype.Component;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.services.s3.model.CopyObjectRequest;
import software.amazon.awssdk.services.s3.model.DeleteObjectRequest;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.ListObjectsRequest;
import software.amazon.awssdk.services.s3.model.S3Object;

/**
 * The objects of this service in a bucket, by keys without its prefix. Requests go through the
 * routes of {@code 10-store}. All methods throw {@link StoreUnavailableException} when the store is
 * away, and an {@link IOException} with the object's address when it refuses.
 */
@Component
@Conditional(OnBucket.class)
public class ObjectStore {

  private static final Logger LOG = LoggerFactory.getLogger(ObjectStore.class);

  private static final String BUCKET = "bucket";

  /**
   * The component demands a key, also beside a request object that has one. It evaluates what looks
   * like an expression in it, so the name of somebody's file must not be there.
   */
  private static final String UNUSED = "unused";

  /** In the ETag of an object that was stored in parts, before their number. */
  private static final String PARTS = "-";

  private final ProducerTemplate camel;
  private final Bucket bucket;
  private final StoreHealth health;
  private final Workspace workspace;

  ObjectStore(ProducerTemplate camel, Bucket bucket, StoreHealth health, Workspace workspace) {
    this.camel = camel;
    this.bucket = bucket;
    this.health = health;
    this.workspace = workspace;
  }

  /**
   * An object.
   *
   * @param key without the prefix
   * @param size in bytes
   */
  public record Entry(String key, String etag, long size, Instant modified) {}

  /** Writes a file that does not exist. */
  @FunctionalInterface
  public interface Writing {
    void to(Path file) throws IOException;
  }

  /** The address of an object, for people. */
  public String address(String key) {
    return bucket.address(key);
  }

  /** Stores a file; replaces an object of that key. Returns its ETag. */
  public String put(String key, Path file) throws IOException {
    try (InputStream content = new RereadableFile(file)) {
      return put(key, content, Files.size(file));
    }
  }

  /** The same for a file of this machine that is written for it. */
  public String put(String key, Writing content) throws IOException {
    Path file = workspace.file(".object");
    try {
      content.to(file);
      return put(key, file);
    } finally {
      Files.deleteIfExists(file);
    }
  }

  /** Stores a short text. */
  public void put(String key, String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    put(key, new ByteArrayInputStream(bytes), bytes.length);
  }

  private String put(String key, InputStream content, long length) throws IOException {
    Map<String, Object> headers =
        Map.of(AWS2S3Constants.KEY, bucket.key(key), AWS2S3Constants.CONTENT_LENGTH, length);
    String etag =
        call("direct:put-object", key, content, headers)
            .getHeader(AWS2S3Constants.E_TAG, String.class);
    return etag == null || etag.contains(PARTS) ? etag(key) : etag;
  }

  /** As the store answers when it is asked: some name another one at the end of an upload. */
  private String etag(String key) throws IOException {
    try (ObjectStream first = get(key, request(key).range("bytes=0-0"))) {
      return first.etag();
    }
  }

  /** Opens a whole object. */
  public InputStream get(String key) throws IOException {
    return get(key, request(key));
  }

  /**
   * Opens a range of an object in one request.
   *
   * @param end after its last byte
   * @param etag of the version that is wanted; null for any
   * @throws NoSuchFileException if the object is gone
   * @throws ChangedObjectException if it is another version
   */
  public InputStream get(String key, long start, long end, String etag) throws IOException {
    return end <= start
        ? InputStream.nullInputStream()
        : get(key, request(key).range("bytes=%d-%d".formatted(start, end - 1)).ifMatch(etag));
  }

  private GetObjectRequest.Builder request(String key) {
    return GetObjectRequest.builder().bucket(bucket.name()).key(bucket.key(key));
  }

  @SuppressWarnings("unchecked")
  private ObjectStream get(String key, GetObjectRequest.Builder request) throws IOException {
    Message answer = call("direct:get-object", key, request.build(), Map.of());
    return new ObjectStream(
        (ResponseInputStream<GetObjectResponse>) answer.getBody(), health::unavailable);
  }

  /**
   * Copies an object into a file that does not exist.
   *
   * @param etag of the version that is wanted; null for any
   */
  public void copy(String key, Path target, String etag) throws IOException {
    try (InputStream object = get(key, request(key).ifMatch(etag));
        FileChannel file = FileModes.PRIVATE.create(target)) {
      object.transferTo(Channels.newOutputStream(file));
    }
  }

  /** An object as a file of this machine, until it is closed. */
  public LocalFile local(String key) throws IOException {
    Path target = workspace.file(".object");
    try {
      copy(key, target, null);
      return new LocalFile(target, true);
    } catch (IOException | RuntimeException e) {
      Files.deleteIfExists(target);
      throw e;
    }
  }

  /**
   * Gives an object another key. A version that replaces it meanwhile stays.
   *
   * @param etag of the version that is wanted; null for any
   */
  public void move(String key, String etag, String target) throws IOException {
    CopyObjectRequest request =
        CopyObjectRequest.builder()
            .sourceBucket(bucket.name())
            .sourceKey(bucket.key(key))
            .copySourceIfMatch(etag)
            .destinationBucket(bucket.name())
            .destinationKey(bucket.key(target))
            .build();
    call("direct:copy-object", key, request, Map.of());
    if (find(key).filter(object -> etag != null && !object.eTag().equals(etag)).isEmpty()) {
      delete(key);
    }
  }

  /** Deletes an object; it may be missing. */
  public void delete(String key) throws IOException {
    DeleteObjectRequest request =
        DeleteObjectRequest.builder().bucket(bucket.name()).key(bucket.key(key)).build();
    call("direct:delete-object", key, request, Map.of());
  }

  public boolean exists(String key) throws IOException {
    return find(key).isPresent();
  }

  /** It is the first of those whose keys begin with its own. */
  private Optional<S3Object> find(String key) throws IOException {
    return page(key, null).stream()
        .filter(object -> object.key().equals(bucket.key(key)))
        .findFirst();
  }

  /** The objects whose keys begin so. */
  public List<Entry> list(String prefix) throws IOException {
    List<Entry> all = new ArrayList<>();
    String last = null;
    for (List<S3Object> page = page(prefix, null); !page.isEmpty(); page = page(prefix, last)) {
      for (S3Object object : page) {
        last = object.key();
        all.add(
            new Entry(
                last.substring(bucket.prefix().length()),
                object.eTag(),
                object.size(),
                object.lastModified()));
      }
    }
    return all;
  }

  /** A page of them, after a full key; null for the first one. */
  @SuppressWarnings("unchecked")
  private List<S3Object> page(String prefix, String after) throws IOException {
    ListObjectsRequest request =
        ListObjectsRequest.builder()
            .bucket(bucket.name())
            .prefix(bucket.key(prefix))
            .marker(after)
            .build();
    return call("direct:list-objects", prefix, request, Map.of()).getBody(List.class);
  }

  /** While the store is away, finds out whether it is back. */
  public void watch() throws IOException {
    if (health.isAway()) {
      try {
        exists(StoreCheck.KEY);
      } catch (StoreUnavailableException e) {
        LOG.debug("The outage goes on", e);
      }
    }
  }

  private Message call(String route, String key, Object body, Map<String, Object> headers)
      throws IOException {
    Exchange done =
        camel.send(
            route,
            exchange -> {
              exchange.getMessage().setBody(body);
              exchange.getMessage().setHeader(BUCKET, bucket.name());
              exchange.getMessage().setHeader(AWS2S3Constants.KEY, UNUSED);
              headers.forEach(exchange.getMessage()::setHeader);
            });
    Exception failure = done.getException();
    if (failure == null) {
      health.works();
      return done.getMessage();
    }
    if (StoreFailures.isPassing(failure)) {
      throw health.unavailable(failure);
    }
    // It answers.
    health.works();
    throw StoreFailures.staying(bucket.address(key), failure);
  }
}
