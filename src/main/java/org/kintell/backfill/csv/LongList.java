package org.kintell.backfill.csv;

import java.util.Arrays;

/** A growing list of numbers. */
final class LongList {
  private long[] items = new long[16];
  private int size;

  void add(long item) {
    if (size == items.length) {
      items = Arrays.copyOf(items, 2 * size);
    }
    items[size++] = item;
  }

  int size() {
    return size;
  }

  long get(int index) {
    return items[index];
  }

  long[] drain() {
    long[] drained = Arrays.copyOf(items, size);
    size = 0;
    return drained;
  }
}
