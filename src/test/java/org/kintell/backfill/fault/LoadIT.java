package org.kintell.backfill.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.kintell.backfill.testsupport.BackfillClient.Answer;
import org.kintell.backfill.testsupport.FaultFile;
import org.kintell.backfill.testsupport.Scene;
import org.kintell.backfill.testsupport.SessionFiles;

/** Many clients at once, some of them slow or gone: each gets the right answer. */
@Tag("faults")
class LoadIT {

  private static final int UPLOADS = 50;
  private static final int JOBS = 5;
  private static final int POLLERS = 200;
  private static final int ROWS = 400;
  private static final Duration SLOW = Duration.ofSeconds(20);

  private final Scene scene = Scene.with(FaultFile.of(20_000)).start();
  private final ExecutorService clients = Executors.newFixedThreadPool(UPLOADS + POLLERS + 2);
  private final AtomicBoolean over = new AtomicBoolean();

  @AfterEach
  void close() {
    clients.shutdownNow();
    scene.close();
  }

  @Test
  void everybodyIsServed() throws Exception {
    CompletableFuture<Integer> slow = async(this::uploadSlowly);
    CompletableFuture<Integer> gone = async(this::hangUp);
    List<String> jobs = IntStream.range(0, JOBS).mapToObj(job -> start(file(job, 20_000))).toList();
    AtomicInteger polls = new AtomicInteger();
    List<CompletableFuture<Integer>> pollers =
        IntStream.range(0, POLLERS)
            .mapToObj(i -> async(() -> poll(jobs.get(i % JOBS), polls)))
            .toList();
    List<CompletableFuture<String>> uploads =
        IntStream.range(0, UPLOADS)
            .mapToObj(
                i -> CompletableFuture.supplyAsync(() -> start(file(JOBS + i, ROWS)), clients))
            .toList();

    List<String> all = new ArrayList<>(jobs);
    uploads.forEach(upload -> all.add(upload.join()));
    assertThat(all).doesNotHaveDuplicates().hasSize(JOBS + UPLOADS);
    all.forEach(this::awaitCompleted);
    over.set(true);

    assertThat(pollers).allMatch(poller -> poller.join() == 200);
    assertThat(polls.get()).isGreaterThan(POLLERS);
    assertThat(slow.join()).isEqualTo(201);
    assertThat(gone.join()).isZero();
    for (String job : all) {
      scene.assertConsistent(job);
    }
    assertThat(scene.jdbc().sql("SELECT count(*) FROM kintell_sessions").query(Long.class).single())
        .isEqualTo(JOBS * 20_000 + UPLOADS * ROWS);
    assertThatNoTemporaryFileIsLeft();
    assertThat(Files.readString(scene.service().log())).doesNotContain("OutOfMemory", " ERROR ");
  }

  /** Different ids in each file. */
  private static byte[] file(int number, int rows) {
    String good = new String(SessionFiles.good(rows), StandardCharsets.UTF_8);
    return good.replace("\nS-", "\nS-" + number + "-").getBytes(StandardCharsets.UTF_8);
  }

  private String start(byte[] file) {
    return scene.service().client().start("/import/backfill/start?autostart=true", file, 202);
  }

  /** Polls until all is over; returns the last status, or the first wrong one. */
  private int poll(String job, AtomicInteger polls) {
    int status = 200;
    var client = scene.service().client();
    while (!over.get() && status == 200) {
      Answer answer = client.status(job);
      status = answer.status();
      // Two threads at one response lose headers, or write them twice.
      assertThat(answer.response().headers().allValues("X-Content-Type-Options")).hasSize(1);
      long processed = answer.json().path("processedRows").asLong(-1);
      long parts =
          answer.json().path("successfulRows").asLong() + answer.json().path("failedRows").asLong();
      assertThat(processed).isEqualTo(parts);
      polls.incrementAndGet();
    }
    return status;
  }

  private void awaitCompleted(String job) {
    await()
        .atMost(Scene.PATIENCE)
        .until(() -> scene.status(job).path("status").asText().equals("completed"));
  }

  /** About 1 KB a second; returns the status of the answer. */
  private int uploadSlowly() throws IOException {
    byte[] content = SessionFiles.HEADER.getBytes(StandardCharsets.UTF_8);
    int padding = (int) SLOW.toSeconds() * 1024;
    try (Socket socket = connect(content.length + padding, content)) {
      OutputStream out = socket.getOutputStream();
      for (int sent = 0; sent < padding; sent += 1024) {
        long next = System.nanoTime() + Duration.ofSeconds(1).toNanos();
        out.write("\n".repeat(Math.min(1024, padding - sent)).getBytes(StandardCharsets.UTF_8));
        out.flush();
        await().pollInterval(Duration.ofMillis(20)).until(() -> System.nanoTime() >= next);
      }
      out.write(END.getBytes(StandardCharsets.UTF_8));
      out.flush();
      InputStream in = socket.getInputStream();
      String line = new String(in.readNBytes(12), StandardCharsets.UTF_8);
      return Integer.parseInt(line.substring(9));
    }
  }

  /** Sends a part of the announced bytes, and disconnects. */
  private int hangUp() throws IOException {
    byte[] content = SessionFiles.good(100);
    try (Socket socket = connect(10_000_000, content)) {
      socket.getOutputStream().flush();
    }
    return 0;
  }

  private static final String START =
      """
      --boundary\r
      Content-Disposition: form-data; name="file"; filename="slow.csv"\r
      \r
      """;
  private static final String END = "\r\n--boundary--\r\n";

  private Socket connect(int announced, byte[] content) throws IOException {
    URI service = scene.service().client().request("/import/backfill/start").build().uri();
    Socket socket = new Socket(service.getHost(), service.getPort());
    String head =
        """
        POST %s HTTP/1.1\r
        Host: localhost\r
        Connection: close\r
        Content-Type: multipart/form-data; boundary=boundary\r
        Content-Length: %d\r
        \r
        %s"""
            .formatted(service.getPath(), START.length() + announced + END.length(), START);
    socket.getOutputStream().write(head.getBytes(StandardCharsets.UTF_8));
    socket.getOutputStream().write(content);
    return socket;
  }

  private void assertThatNoTemporaryFileIsLeft() throws IOException {
    Path data = scene.service().folder().resolve("data");
    await()
        .atMost(Duration.ofSeconds(30))
        .untilAsserted(
            () -> {
              try (Stream<Path> files = Files.walk(data.resolve("tmp"))) {
                assertThat(files.filter(Files::isRegularFile).map(Path::getFileName))
                    .allMatch(name -> name.toString().equals(".lock"));
              }
            });
  }

  private <T> CompletableFuture<T> async(Callable<T> work) {
    CompletableFuture<T> result = new CompletableFuture<>();
    clients.execute(
        () -> {
          try {
            result.complete(work.call());
          } catch (Throwable e) {
            result.completeExceptionally(e);
          }
        });
    return result;
  }
}
