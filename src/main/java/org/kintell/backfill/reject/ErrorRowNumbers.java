package org.kintell.backfill.reject;

import java.io.BufferedInputStream;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.UUID;
import org.kintell.backfill.csv.Header;
import org.kintell.backfill.csv.RecordScanner;
import org.kintell.backfill.file.FileStore;
import org.kintell.backfill.folder.Workspace;
import org.springframework.stereotype.Component;

/** The original row numbers of a corrected error file, which is read a second time for them. */
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
    Path stored = files.path(jobId);
    Path list = workspace.newFile(".origins");
    Header.At start = Header.read(stored);
    ErrorFile format = new ErrorFile(start.header(), ErrorFile.Form.EXACT);
    try (InputStream in = new BufferedInputStream(Files.newInputStream(stored));
        BufferedWriter out = Files.newBufferedWriter(list, StandardCharsets.US_ASCII)) {
      in.skipNBytes(start.dataOffset());
      RecordScanner scanner = new RecordScanner(in, start.header().delimiter(), start.dataOffset());
      for (long row = 1; start.header().hasErrorRow() && scanner.next(); row++) {
        OptionalLong original = original(jobId, scanner, format);
        if (original.isPresent()) {
          out.write(row + "\t" + original.getAsLong() + "\n");
        }
      }
    }
    return list;
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
