package org.kintell.backfill.devservices;

import io.nats.client.NKey;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.GeneralSecurityException;
import java.util.function.IntPredicate;
import java.util.regex.Pattern;
import org.kintell.backfill.folder.FileModes;

/**
 * The address of a data folder's nats-server, in a file there. It outlives the server, so that
 * running processes find the next one. The first process chooses it, so that processes may start
 * together.
 */
final class NatsAddress {

  private static final int LONGEST = 256;

  /** The line end shows that the write was complete. */
  private static final Pattern SEED = Pattern.compile("SU[A-Z2-7]{56}\n");

  private NatsAddress() {}

  /**
   * The seed of the key with which clients sign the server's challenge, in the form of the NATS
   * tools. It has its own file, so that the address can be shown. The first process chooses it,
   * too.
   */
  static char[] seed(Path file) throws IOException {
    try (FileChannel channel = locked(file)) {
      ByteBuffer text = ByteBuffer.allocate(LONGEST);
      channel.read(text, 0);
      String written = StandardCharsets.US_ASCII.decode(text.flip()).toString();
      if (SEED.matcher(written).matches()) {
        return written.strip().toCharArray();
      }
      char[] seed = NKey.createUser(null).getSeed();
      channel.truncate(0);
      String line = new String(seed) + "\n";
      channel.write(ByteBuffer.wrap(line.getBytes(StandardCharsets.US_ASCII)), 0);
      return seed;
    } catch (GeneralSecurityException e) {
      throw new IOException(e);
    }
  }

  /** A free port, for the process that is about to run the server. */
  static int toListenOn(Path file) throws IOException {
    return port(file, NatsAddress::isFree);
  }

  /** The port of the running or next server, for the other processes. */
  static int toConnectTo(Path file) throws IOException {
    return port(file, port -> port > 0);
  }

  static String url(int port) {
    return "nats://127.0.0.1:" + port;
  }

  /** The stored port if it is usable; else a new one, which is stored. */
  private static int port(Path file, IntPredicate wanted) throws IOException {
    try (FileChannel channel = locked(file)) {
      int written = read(channel);
      if (wanted.test(written)) {
        return written;
      }
      int port = freePort();
      channel.truncate(0);
      channel.write(ByteBuffer.wrap(url(port).getBytes(StandardCharsets.US_ASCII)), 0);
      return port;
    }
  }

  /** One process at a time; closing releases the lock. */
  private static FileChannel locked(Path file) throws IOException {
    FileChannel channel =
        FileModes.open(
            file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    channel.lock();
    return channel;
  }

  /** Not positive if there is none, or its write was incomplete. */
  private static int read(FileChannel channel) throws IOException {
    ByteBuffer text = ByteBuffer.allocate(LONGEST);
    channel.read(text, 0);
    try {
      return URI.create(StandardCharsets.US_ASCII.decode(text.flip()).toString()).getPort();
    } catch (IllegalArgumentException e) {
      return 0;
    }
  }

  private static boolean isFree(int port) {
    if (port <= 0) {
      return false;
    }
    try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
      return socket.isBound();
    } catch (IOException | IllegalArgumentException e) {
      return false;
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
