package org.kintell.backfill.job;

import com.google.common.base.Throwables;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** Results of other threads. */
public final class InOtherThread {

  private InOtherThread() {}

  /** Waits for a result; an unchecked exception is rethrown unwrapped. */
  public static <T> T await(CompletableFuture<T> result) {
    try {
      return result.join();
    } catch (CompletionException e) {
      Throwables.throwIfUnchecked(e.getCause());
      throw e;
    }
  }
}
