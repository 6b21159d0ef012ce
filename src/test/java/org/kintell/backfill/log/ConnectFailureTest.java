package org.kintell.backfill.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** The reason is told of what the driver of PostgreSQL really throws, and without an address. */
class ConnectFailureTest {

  @Test
  void nobodyListens() throws IOException {
    int port;
    try (ServerSocket closed = listener()) {
      port = closed.getLocalPort();
    }
    assertThat(ConnectFailure.describe(connect("127.0.0.1:" + port)))
        .contains("connection refused");
  }

  @Test
  void theNameIsUnknown() {
    assertThat(ConnectFailure.describe(connect("nowhere.invalid:5432"))).contains("unknown host");
  }

  @Test
  void theServerSaysNothing() throws IOException {
    try (ServerSocket silent = listener()) {
      assertThat(ConnectFailure.describe(connect("127.0.0.1:" + silent.getLocalPort())))
          .contains("no answer in time");
    }
  }

  @Test
  void theServerHangsUp() throws IOException {
    try (ServerSocket server = listener()) {
      CompletableFuture<Void> hangsUp =
          CompletableFuture.runAsync(
              () -> {
                try {
                  server.accept().close();
                } catch (IOException e) {
                  throw new IllegalStateException(e);
                }
              });
      assertThat(ConnectFailure.describe(connect("127.0.0.1:" + server.getLocalPort())))
          .contains("connection cut off");
      hangsUp.join();
    }
  }

  @Test
  void itMayBeAnother() {
    assertThat(ConnectFailure.describe(new SQLException("at 10.0.0.7", "57P01"))).isEmpty();
  }

  private static ServerSocket listener() throws IOException {
    return new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
  }

  private static Throwable connect(String address) {
    Properties properties = new Properties();
    properties.setProperty("user", "me");
    properties.setProperty("sslmode", "disable");
    properties.setProperty("socketTimeout", "1");
    return catchThrowable(
        () -> DriverManager.getConnection("jdbc:postgresql://" + address + "/x", properties));
  }
}
