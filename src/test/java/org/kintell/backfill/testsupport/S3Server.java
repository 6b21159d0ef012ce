package org.kintell.backfill.testsupport;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.S3Object;

/**
 * An object store with one bucket, in a process of its own. The service reaches it through a
 * connection that can be cut; the test does not.
 */
public final class S3Server implements AutoCloseable {

  /** A bucket that is there. */
  public static final String BUCKET = "kintell";

  private static final String KEY_ID = "tester";
  private static final String SECRET = "s3cr3t-of-the-tester";
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final Path folder;
  private final int port;
  private final Process process;
  private final TcpProxy wire;
  private final S3Client client;

  private S3Server(Path folder) throws IOException {
    this.folder = folder;
    this.port = ServiceProcess.freePort();
    Files.createDirectories(folder.resolve("buckets").resolve(BUCKET));
    Files.writeString(
        folder.resolve("logback.xml"),
        """
        <configuration>
          <appender name="out" class="ch.qos.logback.core.ConsoleAppender">
            <encoder><pattern>%d %-5level %msg%n</pattern></encoder>
          </appender>
          <root level="warn"><appender-ref ref="out"/></root>
        </configuration>
        """);
    Path settings =
        Files.writeString(
            folder.resolve("s3proxy.properties"),
            """
            s3proxy.endpoint=http://127.0.0.1:%d
            s3proxy.authorization=aws-v2-or-v4
            s3proxy.identity=%s
            s3proxy.credential=%s
            jclouds.provider=filesystem-nio2
            jclouds.filesystem.basedir=%s
            """
                .formatted(port, KEY_ID, SECRET, folder.resolve("buckets")));
    process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                folder + ":" + ClassPath.JARS,
                "org.gaul.s3proxy.Main",
                "--properties",
                settings.toString())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("s3proxy.log").toFile())
            .start();
    await("the object store")
        .atMost(PATIENCE)
        .failFast(() -> !process.isAlive())
        .until(this::opens);
    wire = new TcpProxy(port);
    client =
        S3Client.builder()
            .endpointOverride(URI.create("http://127.0.0.1:" + port))
            .forcePathStyle(true)
            .region(Region.US_EAST_1)
            .credentialsProvider(
                StaticCredentialsProvider.create(AwsBasicCredentials.create(KEY_ID, SECRET)))
            .httpClientBuilder(UrlConnectionHttpClient.builder())
            .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
            .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED)
            .build();
  }

  public static S3Server start() {
    try {
      Path target = Files.createDirectories(Path.of("target", "s3"));
      return new S3Server(Files.createTempDirectory(target, "").toAbsolutePath());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private boolean opens() {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress("127.0.0.1", port));
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  /** The variables of a service whose files are under a prefix of the bucket. */
  public Map<String, String> settings(String prefix) {
    return Map.of(
        "BACKFILL_STORE",
        "s3://" + BUCKET + "/" + prefix,
        "AWS_ENDPOINT_URL_S3",
        "http://127.0.0.1:" + wire.port(),
        "AWS_ACCESS_KEY_ID",
        KEY_ID,
        "AWS_SECRET_ACCESS_KEY",
        SECRET);
  }

  /** Sets them for the next start of a process. */
  public ServiceProcess use(ServiceProcess process, String prefix) {
    settings(prefix).forEach(process::with);
    return process;
  }

  /** The connection of the service. */
  public TcpProxy wire() {
    return wire;
  }

  /** The requests of the service that begin so, such as {@code GET} and the path of an object. */
  public List<String> requests(String method, String key) {
    String line = method + " /" + BUCKET + "/" + key;
    return wire.requests().stream().filter(request -> request.startsWith(line)).toList();
  }

  /** The keys in the bucket that begin so, in order. */
  public List<String> keys(String prefix) {
    return client.listObjectsV2(list -> list.bucket(BUCKET).prefix(prefix)).contents().stream()
        .map(S3Object::key)
        .toList();
  }

  /** The text of an object, by its address or its key. */
  public String text(String key) {
    String scheme = "s3://" + BUCKET + "/";
    String plain = key.startsWith(scheme) ? key.substring(scheme.length()) : key;
    try (ResponseInputStream<GetObjectResponse> object =
        client.getObject(get -> get.bucket(BUCKET).key(plain))) {
      return new String(object.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public void put(String key, String text) {
    put(key, text.getBytes(StandardCharsets.UTF_8));
  }

  public void put(String key, byte[] content) {
    client.putObject(put -> put.bucket(BUCKET).key(key), RequestBody.fromBytes(content));
  }

  public void delete(String key) {
    client.deleteObject(delete -> delete.bucket(BUCKET).key(key));
  }

  /** Sets the time at which objects were stored back. */
  public void age(String prefix, Duration age) throws IOException {
    FileTime then = FileTime.from(Instant.now().minus(age));
    for (String key : keys(prefix)) {
      Files.setLastModifiedTime(folder.resolve("buckets").resolve(BUCKET).resolve(key), then);
    }
  }

  @Override
  public void close() {
    client.close();
    wire.close();
    process.destroyForcibly();
    try {
      process.waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Its jars in Maven's repository, which Maven fetches at the first use. */
  private static final class ClassPath {
    private static final Path POM = Path.of("src", "test", "s3proxy", "pom.xml");
    private static final String FILE = "classpath";
    static final String JARS = read();

    private static String read() {
      try {
        FileTime changed = Files.getLastModifiedTime(POM);
        Path made = MadeOnce.folder(Path.of("target", "s3proxy"), changed, ClassPath::make);
        return Files.readString(made.resolve(FILE));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    private static void make(Path folder) throws IOException, InterruptedException {
      Path log = folder.resolve("maven.log");
      int code =
          new ProcessBuilder(
                  "./mvnw",
                  "-q",
                  "-B",
                  "-f",
                  POM.toString(),
                  "dependency:build-classpath",
                  "-Dmdep.outputFile=" + folder.resolve(FILE))
              .redirectErrorStream(true)
              .redirectOutput(log.toFile())
              .start()
              .waitFor();
      if (code != 0) {
        throw new IllegalStateException("the object store cannot be fetched, see " + log);
      }
    }
  }
}
