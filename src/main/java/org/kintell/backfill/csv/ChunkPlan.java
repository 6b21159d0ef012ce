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
 * @param startOffset of a main chunk, where it begins in the file; of a tail chunk, where its
 *     records begin in a file of its header and all rows set aside, chunk after chunk, each
 *     followed by a line feed
 * @param endOffset where it ends there
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

  /** The plan in such a line. */
  static ChunkPlan ofCopyLine(String line) {
    String[] columns = line.split("\t");
    return new ChunkPlan(
        Integer.parseInt(columns[1]),
        columns[2].equals("t"),
        Long.parseLong(columns[3]),
        Integer.parseInt(columns[4]),
        Integer.parseInt(columns[5]),
        Long.parseLong(columns[6]),
        Long.parseLong(columns[7]),
        numbers(columns[8]),
        numbers(columns[9]),
        Arrays.stream(numbers(columns[10])).mapToInt(Math::toIntExact).toArray(),
        Integer.parseInt(columns[11]));
  }

  private static long[] numbers(String array) {
    String list = array.substring(1, array.length() - 1);
    return list.isEmpty()
        ? new long[0]
        : Arrays.stream(list.split(", *")).mapToLong(Long::parseLong).toArray();
  }

  private static String array(String list) {
    return "{" + list.substring(1, list.length() - 1) + "}";
  }
}
