package org.kintell.backfill.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nats.client.AuthenticationException;
import io.nats.client.Connection;
import io.nats.client.Nats;
import io.nats.client.Options;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.kintell.backfill.NatsServer;

/** Processes that share a data folder share its nats-server, and keep its address. */
@SuppressWarnings("try") // A NATS connection's close() may be interrupted; a test then ends anyway.
class EmbeddedNatsIT {

  private static final String URL = "nats-url=";
  private static final String TOKEN = "nats-token=";

  @TempDir Path data;
  private final List<Process> started = new ArrayList<>();

  /** What one of the processes does: {@link #main} has the server until its input ends. */
  public static void main(String[] args) throws Exception {
    EmbeddedNats nats = EmbeddedNats.start(Path.of(args[0])).orElseThrow();
    System.out.println(URL + nats.url());
    System.out.println(TOKEN + nats.token());
    while (System.in.read() >= 0) {}
    nats.stop();
  }

  @AfterEach
  void stopAll() throws Exception {
    for (Process process : started) {
      stop(process);
    }
  }

  @Test
  void processesThatStartTogetherHaveOneAddress() throws Exception {
    List<Process> processes = Stream.generate(this::launch).limit(4).toList();
    List<String> urls = new ArrayList<>();
    for (Process process : processes) {
      urls.add(url(process));
    }
    assertThat(urls).containsOnly(urls.get(0)).doesNotContainNull();
  }

  /** The one that has the folder may be on its way still. */
  @Test
  void whoComesBeforeThereIsAnAddressChoosesIt() throws Exception {
    Path folder = Files.createDirectories(data.resolve("nats"));
    String url;
    try (FileChannel channel =
        FileChannel.open(
            folder.resolve("nats.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      channel.lock();
      url = url(launch());
    }
    assertThat(url).isNotNull().isEqualTo(url(launch()));
  }

  @Test
  void theAddressStaysTheSameWhenTheServerStartsAgain() throws Exception {
    Process first = launch();
    String url = url(first);
    assertThat(url(launch())).isEqualTo(url);
    stop(first);
    assertThat(url(launch())).isEqualTo(url);
  }

  @Test
  void aPortThatSomebodyElseHasIsGivenUp() throws Exception {
    Process first = launch();
    String url = url(first);
    stop(first);
    int port = URI.create(url).getPort();
    try (ServerSocket taken = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
      String other = url(launch());
      assertThat(URI.create(other).getPort()).isPositive().isNotEqualTo(taken.getLocalPort());
      assertThat(url(launch())).isEqualTo(other);
    }
  }

  @Test
  void anAddressThatWasNotWrittenToItsEndIsMadeAnew() throws Exception {
    Path file = Files.createDirectories(data.resolve("nats")).resolve("nats.url");
    Files.writeString(file, "nats://127.");
    assertThat(URI.create(url(launch())).getPort()).isPositive();
  }

  /** Not even another process of the same user finds it in the list of processes. */
  @Test
  void nobodyIsTakenWithoutTheToken() throws Exception {
    Process first = launch();
    String url = value(first, URL);
    String token = value(first, TOKEN);
    assertThat(value(launch(), TOKEN)).isEqualTo(token);

    for (Options.Builder stranger :
        List.of(
            new Options.Builder(),
            new Options.Builder().token("guess".toCharArray()),
            new Options.Builder().userInfo("kintell", "kintell"))) {
      assertThatThrownBy(() -> Nats.connect(stranger.server(url).noReconnect().build()).close())
          .isInstanceOfAny(AuthenticationException.class, IOException.class)
          .hasMessageContaining("Authorization Violation");
    }
    try (Connection own =
        Nats.connect(new Options.Builder().server(url).token(token.toCharArray()).build())) {
      assertThat(own.jetStreamManagement().getStreamNames()).isEmpty();
    }
    assertThat(ProcessHandle.allProcesses())
        .noneMatch(process -> process.info().commandLine().orElse("").contains(token));
    assertThat(url).doesNotContain(token);
    try (Stream<Path> files = Files.walk(data.resolve("nats"))) {
      assertThat(files)
          .allSatisfy(
              file ->
                  assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                      .as(file.toString())
                      .endsWith("------"));
    }
  }

  private Process launch() {
    ProcessBuilder builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("java.class.path"),
            EmbeddedNatsIT.class.getName(),
            data.toString());
    builder
        .environment()
        .merge(
            "PATH",
            NatsServer.program().getParent().toString(),
            (path, folder) -> path + File.pathSeparator + folder);
    builder.redirectError(ProcessBuilder.Redirect.INHERIT);
    try {
      Process process = builder.start();
      started.add(process);
      return process;
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The address that it has; null when it ended without. */
  private static String url(Process process) throws IOException {
    return value(process, URL);
  }

  private static String value(Process process, String name) throws IOException {
    BufferedReader out = process.inputReader();
    for (String line = out.readLine(); line != null; line = out.readLine()) {
      if (line.startsWith(name)) {
        return line.substring(name.length());
      }
    }
    return null;
  }

  private static void stop(Process process) throws Exception {
    process.getOutputStream().close();
    process.waitFor();
  }
}
