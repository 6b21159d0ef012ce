package org.kintell.backfill.start;

import java.io.BufferedInputStream;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import org.kintell.backfill.csv.Header;
import org.kintell.backfill.csv.RecordScanner;
import org.kintell.backfill.folder.Workspace;
import org.kintell.backfill.reject.ErrorFile;
import org.kintell.backfill.store.FileStore;
import org.springframework.stereotype.Component;

/** Reads the original row numbers of a corrected error file, in a second pass. */
@Component
public class ErrorRowNumbers {

  private final FileStore files;
  private final Workspace workspace;

  ErrorRowNumbers(FileStore files, Workspace workspace) {
    this.files = files;
    this.workspace = workspace;
  }

  /**
   * Lists them in COPY's text format.
   *
   * @return a file with the row number and the original row number of each row that has one; to be
   *     deleted by the caller
   */
  public Path list(UUID jobId) throws IOException {
    Path list = workspace.newFile(".origins");
    try (BufferedWriter out = Files.newBufferedWriter(list, StandardCharsets.US_ASCII)) {
      read(jobId, Long.MAX_VALUE, (row, original) -> out.write(row + "\t" + original + "\n"));
    }
    return list;
  }

  /** Those of some rows, by their row number in the file. */
  public Map<Long, Long> of(UUID jobId, Set<Long> rows) throws IOException {
    Map<Long, Long> originals = new HashMap<>();
    long last = rows.stream().mapToLong(Long::longValue).max().orElse(0);
    read(
        jobId,
        last,
        (row, original) -> {
          if (rows.contains(row)) {
            originals.put(row, original);
          }
        });
    return originals;
  }

  /** Takes a row number and the original one. */
  private interface Numbers {
    void take(long row, long original) throws IOException;
  }

  private void read(UUID jobId, long last, Numbers numbers) throws IOException {
    Header.At start;
    try (InputStream head = files.open(jobId)) {
      start = Header.read(head);
    }
    if (!start.header().hasErrorRow()) {
      return;
    }
    ErrorFile format = new ErrorFile(start.header(), ErrorFile.Form.EXACT);
    try (InputStream in = new BufferedInputStream(files.open(jobId))) {
      in.skipNBytes(start.dataOffset());
      RecordScanner scanner = new RecordScanner(in, start.header().delimiter(), start.dataOffset());
      for (long row = 1; row <= last && scanner.next(); row++) {
        OptionalLong original = original(jobId, scanner, format);
        if (original.isPresent()) {
          numbers.take(row, original.getAsLong());
        }
      }
    }
  }

  private OptionalLong original(UUID jobId, RecordScanner scanner, ErrorFile format)
      throws IOException {
    if (scanner.length() <= RecordScanner.MAX_RECORD) {
      return format.originalRow(scanner);
    }
    int length = ErrorFile.endingLength(scanner.length());
    long offset = scanner.offset() + scanner.length() - length;
    try (InputStream ending = files.range(jobId, offset, length)) {
      return format.originalRow(ending.readAllBytes());
    }
  }
}
