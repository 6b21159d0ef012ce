package org.kintell.backfill.erasure;

import java.io.IOException;

/** A file that takes much longer to look through than it took to make. The message says why. */
final class ExcessiveFileException extends IOException {

  private static final long serialVersionUID = 1L;

  ExcessiveFileException(String message) {
    super(message);
  }
}
