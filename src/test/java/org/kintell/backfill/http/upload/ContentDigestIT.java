package org.kintell.backfill.http.upload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.kintell.backfill.testsupport.ProblemAssert.assertProblem;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.Locale;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.kintell.backfill.testsupport.BackfillClient;
import org.kintell.backfill.testsupport.BackfillClient.Answer;
import org.kintell.backfill.testsupport.IntegrationTest;
import org.kintell.backfill.testsupport.Multipart;
import org.kintell.backfill.testsupport.SessionFiles;
import org.kintell.backfill.testsupport.Sessions;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The service accepts an upload with a checksum only if it matches. */
@IntegrationTest
class ContentDigestIT {

  private static final String START = "/import/backfill/start";
  private static final byte[] FILE = SessionFiles.good(5000);
  private static final byte[] CHANGED = changed();

  @Autowired BackfillClient client;
  @Autowired Sessions sessions;
  @Autowired JdbcClient jdbc;

  @BeforeEach
  void addUsers() {
    sessions.addUsers(SessionFiles.PARTICIPANT, SessionFiles.VOLUNTEER);
  }

  @ParameterizedTest
  @ValueSource(strings = {"sha-256", "sha-512"})
  void thePartOfTheFileCarriesIt(String algorithm) {
    String header = "Content-Digest: " + digest(algorithm, FILE);

    assertThat(send(new Multipart().file("sessions.csv", FILE, header)).status()).isEqualTo(201);
    assertMismatch(send(new Multipart().file("sessions.csv", CHANGED, header)));
  }

  /** The whole body, as in the standard, including the text after the last part. */
  @ParameterizedTest
  @ValueSource(strings = {"sha-256", "sha-512"})
  void theRequestCarriesThatOfItsBody(String algorithm) {
    Multipart sent = new Multipart().field("charset", "UTF-8").file("sessions.csv", FILE);
    String header = digest(algorithm, sent.body());

    assertThat(send(sent, header).status()).isEqualTo(201);
    assertMismatch(
        send(new Multipart().field("charset", "UTF-8").file("sessions.csv", CHANGED), header));
  }

  @Test
  void theRequestCarriesThatOfItsFile() {
    String header = digest("sha-256", FILE);

    assertThat(send(new Multipart().file("sessions.csv", FILE), header).status()).isEqualTo(201);
    assertMismatch(send(new Multipart().file("sessions.csv", CHANGED), header));
  }

  @Test
  void allThatAreKnownMustMatchAndOthersAreIgnored() {
    Multipart file = new Multipart().file("sessions.csv", FILE);
    String good = digest("sha-256", FILE);
    String bad = digest("sha-512", CHANGED);

    assertThat(send(file, "md5=:AAAA:, " + good + ";q=1").status()).isEqualTo(201);
    assertThat(send(file, good + ", " + digest("sha-512", FILE)).status()).isEqualTo(201);
    assertProblem(send(file, good + ", " + bad), 400, "digest-mismatch");
    assertProblem(send(file, "sha-256=:AAAA:"), 400, "digest-mismatch");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "sha-256",
        "sha-256=abc",
        "sha-256=:%%%:",
        "sha-256=:A:",
        "SHA-256=:AAAA:",
        "sha-256=:AAAA:,",
        "sha-256=\"AAAA\"",
        "md5=:AAAA:"
      })
  void oneThatCannotBeCheckedIsRefusedInsteadOfPassedOver(String header) {
    assertProblem(
        send(new Multipart().file("sessions.csv", FILE), header),
        400,
        "invalid-content-digest",
        "sha-256",
        "sha-512");
    assertThat(jobs()).isZero();
  }

  @Test
  void resumeChecksItToo() {
    String job = client.start("sessions.csv", FILE).jobId();
    Multipart file = new Multipart().file("sessions.csv", FILE);
    String path = "/import/backfill/" + job + "/resume";

    Answer wrong =
        client.send(
            file.post(client.request(path).header("Content-Digest", digest("sha-256", CHANGED))));

    assertProblem(wrong, 400, "digest-mismatch");
    assertThat(client.status(job).json().path("status").asText()).isEqualTo("pending");
    Answer right =
        client.send(
            file.post(client.request(path).header("Content-Digest", digest("sha-256", FILE))));
    assertThat(right.status()).as(right.text()).isEqualTo(200);
  }

  /** Faults of the body itself are reported as usual. */
  @Test
  void aBodyWithoutItsFileIsAnsweredAsEver() {
    assertProblem(
        send(new Multipart().field("charset", "UTF-8"), digest("sha-256", FILE)),
        400,
        "no-file-part");
  }

  private void assertMismatch(Answer answer) {
    assertProblem(answer, 400, "digest-mismatch", "Nothing was stored");
    assertThat(jobs()).isEqualTo(1);
  }

  private Answer send(Multipart body, String... contentDigest) {
    var request = client.request(START);
    for (String digest : contentDigest) {
      request.header("Content-Digest", digest);
    }
    return client.send(body.post(request));
  }

  private long jobs() {
    return jdbc.sql("SELECT count(*) FROM backfill_jobs").query(Long.class).single();
  }

  private static byte[] changed() {
    byte[] changed = FILE.clone();
    changed[changed.length - 3] ^= 1;
    return changed;
  }

  private static String digest(String algorithm, byte[] content) {
    try {
      byte[] digest = MessageDigest.getInstance(algorithm.toUpperCase(Locale.ROOT)).digest(content);
      return algorithm + "=:" + Base64.getEncoder().encodeToString(digest) + ":";
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
