package org.kintell.backfill.testsupport;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Many clients on one thread, which send and read arbitrarily little and seldom. */
public final class SlowClients implements AutoCloseable {

  private static final int SMALL = 2048;
  private static final Duration PACE = Duration.ofMillis(250);

  private final List<SocketChannel> clients = new ArrayList<>();
  private final Map<SocketChannel, Integer> statuses = new HashMap<>();

  /** Opens connections, and sends the same on each. */
  public SlowClients(int port, int count, String request) {
    byte[] bytes = request.getBytes(StandardCharsets.UTF_8);
    for (int i = 0; i < count; i++) {
      try {
        SocketChannel client = SocketChannel.open();
        client.setOption(StandardSocketOptions.SO_RCVBUF, SMALL);
        client.connect(new InetSocketAddress("127.0.0.1", port));
        clients.add(client);
        client.write(ByteBuffer.wrap(bytes));
        client.configureBlocking(false);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /** For some time, each client sends some bytes, or none, and reads some available bytes. */
  public void go(Duration time, String bytes) {
    long end = System.nanoTime() + time.toNanos();
    await()
        .pollInSameThread()
        .pollDelay(Duration.ZERO)
        .pollInterval(PACE)
        .atMost(time.multipliedBy(10).plus(PACE))
        .until(
            () -> {
              clients.removeIf(client -> !exchange(client, bytes));
              return System.nanoTime() - end >= 0;
            });
  }

  /** For some time, no client sends or reads. */
  public void hold(Duration time) {
    await().pollDelay(time).atMost(time.multipliedBy(2)).until(() -> true);
  }

  private boolean exchange(SocketChannel client, String bytes) {
    try {
      ByteBuffer some = ByteBuffer.allocate(256);
      int count = client.read(some);
      if (count >= 12) {
        String line = new String(some.array(), 0, count, StandardCharsets.ISO_8859_1);
        if (line.startsWith("HTTP/1.1 ")) {
          statuses.put(client, Integer.valueOf(line.substring(9, 12)));
        }
      }
      client.write(ByteBuffer.wrap(bytes.getBytes(StandardCharsets.UTF_8)));
      return count >= 0;
    } catch (IOException e) {
      return false;
    }
  }

  /** Number of answered clients by status. */
  public Map<Integer, Integer> statuses() {
    Map<Integer, Integer> counts = new TreeMap<>();
    statuses.values().forEach(status -> counts.merge(status, 1, Integer::sum));
    return counts;
  }

  /** Number of connected clients. */
  public int connected() {
    return clients.size();
  }

  @Override
  public void close() {
    for (SocketChannel client : statuses.keySet()) {
      close(client);
    }
    clients.forEach(SlowClients::close);
  }

  private static void close(SocketChannel client) {
    try {
      client.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
