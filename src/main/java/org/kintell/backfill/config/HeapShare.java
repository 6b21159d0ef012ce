package org.kintell.backfill.config;

/** Upper limit of a setting, by the size of the heap. */
public final class HeapShare {

  private HeapShare() {}

  /**
   * A limit that fits the heap.
   *
   * @param setting the configured limit
   * @param bytesOfHeap heap for each unit, which itself takes a fraction of it
   */
  public static int limit(int setting, long bytesOfHeap) {
    return (int) Math.max(1, Math.min(setting, Runtime.getRuntime().maxMemory() / bytesOfHeap));
  }
}
