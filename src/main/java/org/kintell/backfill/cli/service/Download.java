package org.kintell.backfill.cli.service;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/** Writes an answer to a file or stream, and after a broken connection only what was missing. */
final class Download {

  private static final int BUFFER = 64 * 1024;

  private final OutputStream target;
  private long written;

  Download(OutputStream target) {
    this.target = target;
  }

  /**
   * Writes the rest of an answer.
   *
   * @throws Failure if the target cannot be written
   */
  void from(InputStream source) throws IOException {
    source.skipNBytes(written);
    byte[] buffer = new byte[BUFFER];
    for (int count = source.read(buffer); count >= 0; count = source.read(buffer)) {
      try {
        target.write(buffer, 0, count);
      } catch (IOException e) {
        throw new Failure(ExitCode.FAILED, "The output cannot be written: " + e.getMessage());
      }
      written += count;
    }
  }
}
