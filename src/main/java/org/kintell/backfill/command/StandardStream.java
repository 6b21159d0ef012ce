package org.kintell.backfill.command;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.Charset;

/** Output of commands: data on the standard output, everything else on the standard error. */
final class StandardStream {

  private StandardStream() {}

  static void out(String text) {
    print(FileDescriptor.out, text);
  }

  static void error(String text) {
    print(FileDescriptor.err, text);
  }

  @SuppressWarnings("resource") // Closing it would close the process's own stream.
  private static void print(FileDescriptor stream, String text) {
    new PrintStream(new FileOutputStream(stream), true, Charset.defaultCharset()).println(text);
  }
}
