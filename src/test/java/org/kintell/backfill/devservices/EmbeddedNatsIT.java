package org.kintell.backfill.devservices;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.nats.client.AuthenticationException;
import io.nats.client.Connection;
import io.nats.client.NKey;
import io.nats.client.Nats;
import io.nats.client.Options;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.kintell.backfill.testsupport.Database;
import org.kintell.backfill.testsupport.NatsServer;
import org.kintell.backfill.testsupport.RealParts;
import org.kintell.backfill.testsupport.ServiceProcess;

/** Processes that share a data folder share its nats-server, and keep its address. */
@SuppressWarnings("try") // A NATS connection's close() may be interrupted; a test then ends anyway.
class EmbeddedNatsIT {

  private static final String URL = "nats-url=";
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final String CHALLENGE =
      "INFO {\"server_id\":\"X\",\"auth_required\":true,\"nonce\":\"bm9uY2U\",\"max_payload\":1048576}\r\n";

  @TempDir Path data;
  private final List<Process> started = new ArrayList<>();

  /** One of the processes: {@link #main} runs the server until its input ends. */
  public static void main(String[] args) throws Exception {
    EmbeddedNats nats = EmbeddedNats.start(Path.of(args[0])).orElseThrow();
    System.out.println(URL + nats.url());
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

  /** The process that owns the folder may still be starting. */
  @Test
  void theFirstProcessChoosesTheAddress() throws Exception {
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
  void aPortOfAnotherProgramIsGivenUp() throws Exception {
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

  /** The list of processes does not show it, not even to the same user. */
  @Test
  void aClientWithoutTheKeyIsRefused() throws Exception {
    Path folder =
        Files.createDirectory(
            data.resolve("nats"),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    Path token = Files.writeString(folder.resolve("nats.token"), "t".repeat(43) + "\n");
    String url = url(launch());
    Path key = folder.resolve("nats.nk");
    String seed = Files.readString(key).strip();
    assertThat(url(launch())).isEqualTo(url);
    assertThat(key).as("both have one").hasContent(seed);
    assertThat(token).as("an earlier version's").doesNotExist();

    for (Options.Builder stranger :
        List.of(
            new Options.Builder(),
            new Options.Builder().token("t".repeat(43).toCharArray()),
            new Options.Builder().userInfo("kintell", "kintell"),
            credentials(new String(NKey.createUser(null).getSeed())))) {
      assertThatThrownBy(() -> Nats.connect(stranger.server(url).noReconnect().build()).close())
          .isInstanceOfAny(AuthenticationException.class, IOException.class)
          .hasMessageContaining("Authorization Violation");
    }
    try (Connection own = Nats.connect(credentials(seed).server(url).build())) {
      assertThat(own.jetStreamManagement().getStreamNames()).isEmpty();
    }
    assertThat(ProcessHandle.allProcesses())
        .noneMatch(process -> process.info().commandLine().orElse("").contains(seed));
    assertThat(folder.resolve("nats.conf")).content().doesNotContain(seed);
    assertThat(folder.resolve("nats.log")).content().doesNotContain(seed);
    try (Stream<Path> files = Files.walk(folder)) {
      assertThat(files)
          .allSatisfy(
              file ->
                  assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                      .as(file.toString())
                      .endsWith("------"));
    }
  }

  private static Options.Builder credentials(String seed) {
    return new Options.Builder().authHandler(Nats.staticCredentials(null, seed.toCharArray()));
  }

  /** Another local user takes the port before the server that another process is about to run. */
  @Test
  void anotherProgramAtThePortReceivesNoCredentials() throws Exception {
    Path folder = Files.createDirectories(data.resolve("nats"));
    try (Listener listener = new Listener(0);
        FileChannel lock =
            FileChannel.open(
                folder.resolve("nats.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        Database database = RealParts.newDatabase();
        ServiceProcess service = service(database, NatsServer.program().getParent())) {
      lock.lock();
      Files.writeString(folder.resolve("nats.url"), "nats://127.0.0.1:" + listener.port());
      service.launch();
      await().atMost(PATIENCE).until(() -> listener.heard().contains("CONNECT"));
      service.awaitServing();
      assertThat(listener.heard())
          .containsPattern("\"nkey\":\"U[A-Z2-7]{55}\",\"sig\":\"[\\w-]+\"")
          .doesNotContain("auth_token", Files.readString(folder.resolve("nats.nk")).strip());
    }
  }

  /** The same between the check of the port and the start, which a wrapper program delays. */
  @Test
  void aPortTakenDuringTheStartReceivesNothingAndTheServerUsesAnother(@TempDir Path bin)
      throws Exception {
    Path program = bin.resolve("nats-server");
    Files.writeString(
        program,
        """
        #!/bin/sh
        touch '%1$s/starts'
        while [ ! -e '%1$s/go' ]; do sleep 0.05; done
        exec '%2$s' "$@"
        """
            .formatted(bin, NatsServer.program().toAbsolutePath()));
    Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
    Path urlFile = data.resolve("nats/nats.url");
    try (Database database = RealParts.newDatabase();
        ServiceProcess service = service(database, bin)) {
      service.launch();
      await().atMost(PATIENCE).until(() -> Files.exists(bin.resolve("starts")));
      int port = URI.create(Files.readString(urlFile)).getPort();
      try (Listener listener = new Listener(port)) {
        Files.createFile(bin.resolve("go"));
        await()
            .atMost(PATIENCE)
            .until(
                () ->
                    !listener.heard().isEmpty()
                        || Files.readString(service.log()).contains("NATS connected"));
        assertThat(listener.heard()).isEmpty();
        assertThat(URI.create(Files.readString(urlFile)).getPort()).isNotEqualTo(port);
      }
    }
  }

  private ServiceProcess service(Database database, Path programs) {
    return new ServiceProcess(
        Map.of(
            "DATABASE_URL",
            database.url(),
            "BACKFILL_DATA_DIR",
            data.toString(),
            "PATH",
            programs.toAbsolutePath() + File.pathSeparator + System.getenv("PATH")));
  }

  /** Sends each client a challenge, and records its answers. */
  private static final class Listener implements AutoCloseable {
    private final ServerSocket socket;
    private final StringBuffer heard = new StringBuffer();

    Listener(int port) throws IOException {
      socket = new ServerSocket(port, 50, InetAddress.getLoopbackAddress());
      Thread thread = new Thread(this::listen);
      thread.setDaemon(true);
      thread.start();
    }

    private void listen() {
      while (!socket.isClosed()) {
        try (Socket client = socket.accept()) {
          client.getOutputStream().write(CHALLENGE.getBytes(StandardCharsets.US_ASCII));
          BufferedReader in =
              new BufferedReader(
                  new InputStreamReader(client.getInputStream(), StandardCharsets.US_ASCII));
          for (String line = in.readLine(); line != null; line = in.readLine()) {
            heard.append(line).append('\n');
            if (line.startsWith("PING")) {
              client.getOutputStream().write("PONG\r\n".getBytes(StandardCharsets.US_ASCII));
            }
          }
        } catch (IOException e) {
          // The next client, or the end.
        }
      }
    }

    int port() {
      return socket.getLocalPort();
    }

    String heard() {
      return heard.toString();
    }

    @Override
    public void close() throws IOException {
      socket.close();
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

  /** Its address; null if it ended without one. */
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
