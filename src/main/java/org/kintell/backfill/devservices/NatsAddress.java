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
 * The address of the nats-server of a data folder, in a file there. It outlives the server, so that
 * processes which have it already find the next one; and the first process chooses it, so that they
 * may start together.
 */
final class NatsAddress {

  private static final int LONGEST = 256;

  /** The line end tells that it was written whole. */
  private static final Pattern SEED = Pattern.compile("SU[A-Z2-7]{56}\n");

  private NatsAddress() {}

  /**
   * The seed of the key with which a client signs what the server asks, in the form of the NATS
   * tools, in a file of its own beside the address, so that the address can be shown. Whoever comes
   * first chooses it, too.
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

  /** For the process that is about to run the server: a port that is free. */
  static int toListenOn(Path file) throws IOException {
    return port(file, NatsAddress::isFree);
  }

  /** For the others: the port where there is a server, or will be. */
  static int toConnectTo(Path file) throws IOException {
    return port(file, port -> port > 0);
  }

  static String url(int port) {
    return "nats://127.0.0.1:" + port;
  }

  /** The port that is written down, if it will do; else another one, which is written down. */
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

  /** One process after the other; closing gives it back. */
  private static FileChannel locked(Path file) throws IOException {
    FileChannel channel =
        FileModes.open(
            file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    channel.lock();
    return channel;
  }

  /** Not positive where there is none, or where it was not written to its end. */
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
