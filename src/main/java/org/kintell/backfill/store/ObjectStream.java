package org.kintell.backfill.store;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.function.Function;
import org.kintell.backfill.csv.BlockInputStream;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;

/** The content of an object. A connection that breaks is a store that is away. */
final class ObjectStream extends BlockInputStream {

  private final ResponseInputStream<GetObjectResponse> object;
  private final Function<Exception, StoreUnavailableException> failure;
  private long left;

  ObjectStream(
      ResponseInputStream<GetObjectResponse> object,
      Function<Exception, StoreUnavailableException> failure) {
    this.object = object;
    this.failure = failure;
    left = object.response().contentLength();
  }

  String etag() {
    return object.response().eTag();
  }

  @Override
  public int read(byte[] bytes, int offset, int length) {
    try {
      int count = object.read(bytes, offset, length);
      left -= Math.max(0, count);
      return count;
    } catch (IOException | UncheckedIOException | SdkException e) {
      throw failure.apply(e);
    }
  }

  /** The rest of a large object is not waited for. */
  @Override
  public void close() throws IOException {
    if (left == 0) {
      object.close();
    } else {
      object.abort();
    }
  }
}
