package org.kintell.backfill.config;

/** How many of something the heap has room for, whatever a setting allows. */
public final class HeapShare {

  private HeapShare() {}

  /**
   * A limit that fits the heap.
   *
   * @param setting the limit that was asked for
   * @param bytesOfHeap of which there may be one, its own bytes being a fraction of them
   */
  public static int limit(int setting, long bytesOfHeap) {
    return (int) Math.max(1, Math.min(setting, Runtime.getRuntime().maxMemory() / bytesOfHeap));
  }
}
