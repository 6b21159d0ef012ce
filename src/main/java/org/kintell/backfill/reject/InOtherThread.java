package org.kintell.backfill.reject;

import com.google.common.base.Throwables;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** What another thread works out. */
public final class InOtherThread {

  private InOtherThread() {}

  /** Waits for it. What failed there is thrown as it was, to be told apart by its own kind. */
  public static <T> T await(CompletableFuture<T> result) {
    try {
      return result.join();
    } catch (CompletionException e) {
      Throwables.throwIfUnchecked(e.getCause());
      throw e;
    }
  }
}
