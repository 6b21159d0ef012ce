package org.kintell.backfill.testsupport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.kintell.backfill.event.PublishedEvents;
import org.springframework.boot.SpringApplication;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * The setting of a fault test: the service in its own process, with its own database and
 * nats-server, and one file to import.
 */
public final class Scene implements AutoCloseable {

  public static final Duration PATIENCE = Duration.ofSeconds(120);

  private static final int CHUNK_ROWS = 200;

  private static final String START = "/import/backfill/start?autostart=true";

  /** The outcome of an undisturbed run, by file and parameters. */
  private static final Map<List<Object>, Outcome> UNDISTURBED = new ConcurrentHashMap<>();

  private final Runnable closeDatabase;
  private final JdbcClient jdbc;
  private final NatsServer nats = NatsServer.withJetStream().start();
  private final ServiceProcess service;
  private final byte[] file;
  private S3Server s3;

  private Scene(byte[] file, Runnable closeDatabase, JdbcClient jdbc, String databaseUrl) {
    this.file = file;
    this.closeDatabase = closeDatabase;
    this.jdbc = jdbc;
    this.service =
        new ServiceProcess(
            Map.of(
                "DATABASE_URL",
                databaseUrl,
                "NATS_URL",
                nats.url(),
                "BACKFILL_CHUNK_ROWS",
                Integer.toString(CHUNK_ROWS)));
  }

  /** On a database of its own on the shared server. */
  public static Scene with(byte[] file) {
    return on(RealParts.newDatabase(), file);
  }

  public static Scene on(Database database, byte[] file) {
    return new Scene(file, database::close, database.jdbc(), database.url());
  }

  /**
   * On a server that the test disturbs.
   *
   * @param url by which the service reaches it
   */
  public static Scene on(PostgresServer server, String url, byte[] file) {
    return new Scene(file, server::close, server.jdbc(), url);
  }

  /** On servers that the test disturbs, of which one is reached through a proxy. */
  public static Scene through(TcpProxy wire, Runnable closeServers, byte[] file) {
    return new Scene(
        file, closeServers, PostgresServer.jdbc(wire.port()), PostgresServer.url(wire.port()));
  }

  /** With its files under a prefix of a bucket. */
  public Scene in(S3Server server, String prefix) {
    s3 = server;
    server.use(service, prefix);
    return this;
  }

  public ServiceProcess service() {
    return service;
  }

  public NatsServer nats() {
    return nats;
  }

  public JdbcClient jdbc() {
    return jdbc;
  }

  /** Starts the service for the first time. */
  public Scene start() {
    service.launch();
    return awaitStarted();
  }

  /** Waits until the service that was launched serves. */
  public Scene awaitStarted() {
    service.awaitServing();
    new Sessions(jdbc).addUsers(SessionFiles.PARTICIPANT, SessionFiles.VOLUNTEER);
    return this;
  }

  /** Removes all jobs, their sessions and their events, as if the service had just started. */
  public void forgetJobs() throws Exception {
    EmptyTables.emptyJobs(jdbc);
    PublishedEvents.purge(nats.url());
  }

  /** Uploads the file as a job that starts at once. */
  public String startJob() {
    return service.client().start(START, file, 202);
  }

  /** The same for another file, sent to another process, with more parameters. */
  public static String startJob(ServiceProcess process, byte[] file, String parameters) {
    return process.client().start(START + parameters, file, 202);
  }

  /** Puts the file into the inbox as documented: under another name first. */
  public Path dropIntoInbox() {
    return dropIntoInbox("sessions.csv", file);
  }

  /** The same for another file. */
  public Path dropIntoInbox(String name, byte[] content) {
    try {
      Path inbox = Files.createDirectories(service.folder().resolve("inbox"));
      Path part = Files.write(inbox.resolve(name + ".part"), content);
      return Files.move(part, inbox.resolve(name), StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The ids of all jobs. */
  public List<String> jobs() {
    return jdbc.sql("SELECT id::text FROM backfill_jobs").query(String.class).list();
  }

  public JsonNode status(String job) {
    return service.client().status(job).json();
  }

  /** Waits until some rows are imported. */
  public void awaitRows(long rows) {
    await("some rows")
        .pollInterval(Duration.ofMillis(5))
        .atMost(PATIENCE)
        .ignoreExceptions()
        .until(
            () ->
                jdbc.sql("SELECT coalesce(sum(successful), 0) FROM backfill_chunks")
                        .query(Long.class)
                        .single()
                    >= rows);
  }

  /** Waits until some rows are rejected. */
  public void awaitRejects(long rows) {
    await("some rejects")
        .atMost(PATIENCE)
        .until(
            () ->
                jdbc.sql("SELECT count(*) FROM backfill_rejects").query(Long.class).single()
                    >= rows);
  }

  /**
   * Waits until the job is over and its events are published, and requires the outcome of an
   * undisturbed run.
   */
  public void assertUndisturbed(String job) throws Exception {
    assertUndisturbed(job, file, "");
  }

  /** The same for another file, which was sent with more parameters. */
  public void assertUndisturbed(String job, byte[] file, String parameters) throws Exception {
    awaitOver(job);
    assertConsistent(job);
    Outcome outcome = outcome(job);
    outcome.assertSameAs(undisturbed(file, parameters));
    assertErrorFile(job, outcome);
    assertThat(jobs()).containsExactly(job);
  }

  public void awaitOver(String job) {
    awaitOver(service.client(), job);
  }

  private static void awaitOver(BackfillClient client, String job) {
    await("the end of the job")
        .atMost(PATIENCE)
        .ignoreExceptions()
        .until(
            () -> {
              JsonNode status = client.status(job).json();
              return status.path("status").asText().equals("completed")
                  && status.path("eventsPending").asLong(1) == 0;
            });
  }

  public void assertConsistent(String job) {
    assertConsistent(service.client(), job);
  }

  private static void assertConsistent(BackfillClient client, String job) {
    JsonNode verification = client.get("/import/backfill/" + job + "/verify").json();
    assertThat(verification.path("consistent").asBoolean()).as(verification.toString()).isTrue();
    assertThat(verification.path("removedOutside").asLong(1)).isZero();
  }

  public JsonNode verify(String job) {
    return service.client().get("/import/backfill/" + job + "/verify").json();
  }

  public Outcome outcome(String job) throws Exception {
    return Outcome.of(service.client(), jdbc, nats.url(), job);
  }

  private void assertErrorFile(String job, Outcome outcome) throws IOException {
    if (!outcome.errorFile().isEmpty()) {
      String path = status(job).path("errorFilePath").asText();
      String written = s3 == null ? Files.readString(Path.of(path)) : s3.text(path);
      boolean same = written.equals(outcome.errorFile());
      assertThat(same).as("error file %s", path).isTrue();
    }
    try (Stream<Path> parts = Files.list(service.folder().resolve("errors"))) {
      assertThat(parts.filter(path -> path.toString().endsWith(".part"))).isEmpty();
    }
  }

  /** The outcome of the same file in a service that is never disturbed. */
  public Outcome undisturbed() {
    return undisturbed(file, "");
  }

  private static Outcome undisturbed(byte[] file, String parameters) {
    return UNDISTURBED.computeIfAbsent(
        List.of(Arrays.hashCode(file), parameters), key -> quietRun(file, parameters));
  }

  private static Outcome quietRun(byte[] file, String parameters) {
    JdbcClient jdbc = Quiet.DATABASE.jdbc();
    String natsUrl = Quiet.NATS.url();
    BackfillClient client = Quiet.SERVICE.client();
    try {
      EmptyTables.emptyJobs(jdbc);
      PublishedEvents.purge(natsUrl);
      String job = client.start(START + parameters, file, 202);
      awaitOver(client, job);
      assertConsistent(client, job);
      return Outcome.of(client, jdbc, natsUrl, job);
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  /** The service that is never disturbed, and what it needs; all of them end with the JVM. */
  private static final class Quiet {
    static final NatsServer NATS = NatsServer.withJetStream().start();
    static final Database DATABASE = RealParts.newDatabase();
    static final ServiceInThisJvm SERVICE =
        new ServiceInThisJvm(
            DATABASE,
            "--backfill.events.nats-url=" + NATS.url(),
            "--backfill.chunk-rows=" + CHUNK_ROWS);

    static {
      SpringApplication.getShutdownHandlers().add(NATS::close);
      DATABASE.sessions().addUsers(SessionFiles.PARTICIPANT, SessionFiles.VOLUNTEER);
    }
  }

  /**
   * Remaining files of the inbox, by path within it; one that is just being moved may be missing.
   */
  public List<String> inbox() throws IOException {
    Path inbox = service.folder().resolve("inbox");
    List<String> files = new ArrayList<>();
    Files.walkFileTree(
        inbox,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            files.add(inbox.relativize(file).toString());
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
            return e instanceof NoSuchFileException
                ? FileVisitResult.CONTINUE
                : super.visitFileFailed(file, e);
          }
        });
    Collections.sort(files);
    return files;
  }

  /** Requires that {@code done/} holds the file and its error file, and no other file. */
  public void assertDone() throws IOException {
    await("the file in done/")
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(inbox())
                    .containsExactly("done/sessions.csv", "done/sessions.errors.csv"));
    Path done = service.folder().resolve("inbox").resolve("done");
    assertThat(Arrays.equals(Files.readAllBytes(done.resolve("sessions.csv")), file)).isTrue();
    String errors = Files.readString(done.resolve("sessions.errors.csv"), StandardCharsets.UTF_8);
    assertThat(errors.equals(undisturbed().errorFile())).as("the same error file").isTrue();
  }

  @Override
  public void close() {
    service.close();
    nats.close();
    closeDatabase.run();
  }
}
