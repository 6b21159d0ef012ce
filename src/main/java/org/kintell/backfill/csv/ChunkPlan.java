package org.kintell.backfill.csv;

import java.util.Arrays;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Which records of a file a chunk loads.
 *
 * @param chunkNo from 0
 * @param tail whether it holds set-aside rows only, and loads after all others
 * @param firstRow the first row between its offsets
 * @param rowSpan rows between the offsets; 0 in a tail chunk, which covers none of its own
 * @param rowCount rows that it loads
 * @param asideRows in a main chunk, its rows that were set aside; in a tail chunk, its rows
 * @param asideOffsets in a tail chunk, where each of its records begins
 * @param asideLengths and how long it is, in bytes
 * @param lane of a tail chunk: rows with the same session id have the same one, and chunks of one
 *     lane are loaded one after the other; 0 for a main chunk
 */
public record ChunkPlan(
    int chunkNo,
    boolean tail,
    long firstRow,
    int rowSpan,
    int rowCount,
    long startOffset,
    long endOffset,
    long[] asideRows,
    long[] asideOffsets,
    int[] asideLengths,
    int lane) {

  /** One line of PostgreSQL's COPY text format. */
  String copyLine(UUID jobId) {
    return Stream.of(
            jobId,
            chunkNo,
            tail ? "t" : "f",
            firstRow,
            rowSpan,
            rowCount,
            startOffset,
            endOffset,
            array(Arrays.toString(asideRows)),
            array(Arrays.toString(asideOffsets)),
            array(Arrays.toString(asideLengths)),
            lane)
        .map(String::valueOf)
        .collect(Collectors.joining("\t", "", "\n"));
  }

  private static String array(String list) {
    return "{" + list.substring(1, list.length() - 1) + "}";
  }
}
