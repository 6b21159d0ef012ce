package org.kintell.backfill.testsupport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodySubscribers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.UUID;

/** A client of the service's HTTP API, with multipart uploads. */
public final class BackfillClient {

  /** The endless stream of the list. */
  private static final String LIST_PROGRESS = "/import/backfill/progress";

  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final ObjectMapper JSON = new ObjectMapper();

  private final HttpClient http = HttpClient.newHttpClient();
  private final String root;
  private final String key;

  public BackfillClient(int port) {
    this("http://127.0.0.1:" + port, null);
  }

  private BackfillClient(String root, String key) {
    this.root = root;
    this.key = key;
  }

  /** The same, with an API key. */
  public BackfillClient withKey(String key) {
    return new BackfillClient(root, key);
  }

  /** An answer with its body, which may be JSON. */
  public record Answer(HttpResponse<byte[]> response) {

    public int status() {
      return response.statusCode();
    }

    public byte[] bytes() {
      return response.body();
    }

    public String text() {
      return new String(response.body(), StandardCharsets.UTF_8);
    }

    public String header(String name) {
      return response.headers().firstValue(name).orElse(null);
    }

    public JsonNode json() {
      try {
        return JSON.readTree(response.body());
      } catch (IOException e) {
        throw new UncheckedIOException(text(), e);
      }
    }

    /** The job's id, in an answer that holds one. */
    public String jobId() {
      return json().path("jobId").asText();
    }
  }

  /** Uploads a file, which creates a job. */
  public Answer start(String fileName, byte[] content) {
    return upload("/import/backfill/start", fileName, content);
  }

  /** The same for a text. */
  public Answer start(String fileName, String content) {
    return start(fileName, content.getBytes(StandardCharsets.UTF_8));
  }

  /** Uploads a file to a path with parameters, and returns the job's id. */
  public String start(String path, byte[] content, int expectedStatus) {
    Answer start = upload(path, "sessions.csv", content);
    assertThat(start.status()).as(start.text()).isEqualTo(expectedStatus);
    return start.jobId();
  }

  /** Starts a job or resumes it, and waits for its end, on a slow machine too. */
  public Answer resume(String jobId) {
    return send(
        post("/import/backfill/" + jobId + "/resume", BodyPublishers.noBody())
            .header("Prefer", "wait=50"));
  }

  /** The same, with the job's file again. */
  public Answer resume(String jobId, String fileName, byte[] content) {
    return upload("/import/backfill/" + jobId + "/resume", fileName, content);
  }

  /** Starts a job or resumes it, and does not wait. */
  public Answer resumeWithoutWaiting(String jobId) {
    return send(
        post("/import/backfill/" + jobId + "/resume", BodyPublishers.noBody())
            .header("Prefer", "wait=0"));
  }

  /** Posts to an address of a job, such as {@code pause}; parameters may follow. */
  public Answer ask(String jobId, String what) {
    return send(post("/import/backfill/" + jobId + "/" + what, BodyPublishers.noBody()));
  }

  public Answer status(String jobId) {
    return get("/import/backfill/" + jobId + "/status");
  }

  public Answer errors(String jobId) {
    return get("/import/backfill/" + jobId + "/errors");
  }

  /** Imports a file from upload to end, and returns the last status. */
  public JsonNode importFile(String fileName, byte[] content) {
    return importStarted(start(fileName, content));
  }

  /** Runs an upload's job to its end, and returns the last status. */
  public JsonNode importStarted(Answer start) {
    assertThat(start.status()).as(start.text()).isEqualTo(201);
    if (start.json().path("status").asText().equals("completed")) {
      return status(start.jobId()).json();
    }
    Answer end = resume(start.jobId());
    // A slow machine gets the answer of a job that still runs.
    assertThat(end.status()).as(end.text()).isIn(200, 202);
    if (isUnderWay(end)) {
      await().atMost(PATIENCE).until(() -> !isUnderWay(status(start.jobId())));
    }
    return status(start.jobId()).json();
  }

  private static boolean isUnderWay(Answer status) {
    return status.json().path("status").asText().matches("pending|running");
  }

  public Answer get(String path) {
    return send(request(path).GET());
  }

  /** A POST whose file part is streamed, so of any size. */
  public Answer upload(String path, String fileName, InputStream content) {
    return send(uploadRequest(path, fileName, content));
  }

  /** The same, to be sent with {@link #send}. */
  public HttpRequest.Builder uploadRequest(String path, String fileName, InputStream content) {
    String boundary = "boundary-" + UUID.randomUUID();
    String head =
        """
        --%s\r
        Content-Disposition: form-data; name="file"; filename="%s"\r
        Content-Type: application/octet-stream\r
        \r
        """
            .formatted(boundary, fileName);
    String tail = "\r\n--%s--\r\n".formatted(boundary);
    InputStream body =
        new SequenceInputStream(
            Collections.enumeration(List.of(stream(head), content, stream(tail))));
    return post(path, BodyPublishers.ofInputStream(() -> body))
        .header("Content-Type", "multipart/form-data; boundary=" + boundary);
  }

  private Answer upload(String path, String fileName, byte[] content) {
    return upload(path, fileName, new ByteArrayInputStream(content));
  }

  private static InputStream stream(String text) {
    return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
  }

  public HttpRequest.Builder request(String path) {
    HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(root + path)).timeout(PATIENCE);
    return key == null ? request : request.header("X-API-Key", key);
  }

  private HttpRequest.Builder post(String path, BodyPublisher body) {
    return request(path).POST(body);
  }

  /** Sends any request, made with {@link #request}. Of the list's stream, it reads one event. */
  public Answer send(HttpRequest.Builder builder) {
    try {
      HttpRequest request = builder.build();
      boolean endless = request.uri().getPath().equals(LIST_PROGRESS);
      return new Answer(
          http.send(request, answer -> endless ? new FirstEvent() : BodySubscribers.ofByteArray()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
