package org.kintell.backfill.cli.service;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.UUID;
import java.util.function.LongConsumer;
import org.kintell.backfill.folder.FileModes;

/**
 * A file to upload, opened once: what happens to its name afterwards does not matter. Standard
 * input and pipes, which can be read only once, are stored first.
 */
public final class LocalFile implements AutoCloseable {

  /** The name of standard input on the command line. */
  public static final String STANDARD_INPUT = "-";

  private static final int BUFFER = 128 * 1024;

  private final String name;
  private final FileChannel channel;
  private final long size;
  private final byte[] sha256;

  private LocalFile(String name, FileChannel channel) throws IOException {
    this.name = name;
    this.channel = channel;
    MessageDigest digest = newDigest();
    long count = 0;
    ByteBuffer buffer = ByteBuffer.allocate(BUFFER);
    while (channel.read(buffer, count) >= 0) {
      buffer.flip();
      count += buffer.remaining();
      digest.update(buffer);
      buffer.clear();
    }
    size = count;
    sha256 = digest.digest();
  }

  static MessageDigest newDigest() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has it", e);
    }
  }

  /**
   * Opens and reads a file.
   *
   * @param file a path, or {@code -} for standard input
   * @param input standard input
   */
  public static LocalFile open(String file, InputStream input) {
    LocalFile opened = null;
    try {
      if (file.equals(STANDARD_INPUT)) {
        opened = stored("stdin.csv", input);
      } else {
        Path path = Path.of(file);
        String name = path.toAbsolutePath().normalize().getFileName().toString();
        if (Files.isRegularFile(path)) {
          opened = new LocalFile(name, FileChannel.open(path, StandardOpenOption.READ));
        } else {
          try (InputStream pipe = Files.newInputStream(path)) {
            opened = stored(name.contains(".") ? name : name + ".csv", pipe);
          }
        }
      }
    } catch (IOException e) {
      throw new Failure(
          ExitCode.WRONG_USAGE,
          "%s cannot be read (%s)".formatted(file, e.getClass().getSimpleName()));
    }
    if (opened.size == 0) {
      opened.close();
      throw new Failure(ExitCode.REFUSED, file + " is empty");
    }
    return opened;
  }

  /** A file without a name, which disappears when it is closed, whichever way this process ends. */
  private static LocalFile stored(String name, InputStream source) throws IOException {
    Path file = Path.of(System.getProperty("java.io.tmpdir"), "kintell-" + UUID.randomUUID());
    FileChannel channel =
        FileModes.open(
            file,
            StandardOpenOption.CREATE_NEW,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE,
            StandardOpenOption.DELETE_ON_CLOSE);
    Files.deleteIfExists(file);
    source.transferTo(Channels.newOutputStream(channel));
    return new LocalFile(name, channel);
  }

  public String name() {
    return name;
  }

  /** In bytes. */
  public long size() {
    return size;
  }

  byte[] sha256() {
    return sha256.clone();
  }

  /**
   * Writes the content.
   *
   * @param sent takes the bytes that were written so far
   * @throws Failure if the file is no longer as it was read at first
   */
  void write(OutputStream out, LongConsumer sent) throws IOException {
    byte[] bytes = new byte[BUFFER];
    long written = 0;
    while (written < size) {
      ByteBuffer buffer = ByteBuffer.wrap(bytes, 0, (int) Math.min(BUFFER, size - written));
      int count = channel.read(buffer, written);
      // Before the last byte is sent nothing is stored.
      if (count < 0 || channel.size() != size) {
        throw new Failure(
            ExitCode.REFUSED,
            name
                + " changed while it was read; nothing was imported. Import it when it is complete");
      }
      out.write(bytes, 0, count);
      written += count;
      sent.accept(written);
    }
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      // It was only read.
    }
  }
}
