package org.kintell.backfill.http.security;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.kintell.backfill.testsupport.BackfillClient;
import org.kintell.backfill.testsupport.BackfillClient.Answer;
import org.kintell.backfill.testsupport.Database;
import org.kintell.backfill.testsupport.Issuer;
import org.kintell.backfill.testsupport.RealParts;
import org.kintell.backfill.testsupport.ServiceInThisJvm;
import org.kintell.backfill.testsupport.SessionFiles;

/**
 * The service accepts tokens of an OpenID Connect issuer instead of keys, with the roles in them.
 */
class TokensIT {

  private static final Duration VALID = Duration.ofMinutes(5);

  /** Its time is over, and for three more seconds requests with it are accepted. */
  private static final Duration ALMOST_OVER = Duration.ofSeconds(-57);

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  @Test
  void aTokenOpensWhatItsRolesAllow() throws Exception {
    try (Issuer issuer = new Issuer();
        Issuer other = new Issuer();
        Database database = RealParts.newDatabase();
        ServiceInThisJvm service =
            new ServiceInThisJvm(
                database,
                "--BACKFILL_OIDC_ISSUER=" + issuer.url(),
                "--BACKFILL_OIDC_AUDIENCE=" + Issuer.AUDIENCE)) {
      BackfillClient client = service.client();

      assertThat(health(client, issuer.token(VALID, "viewer"))).isEqualTo(200);
      assertThat(health(client, issuer.token(VALID, "someone", "admin"))).isEqualTo(200);
      assertThat(health(client, issuer.token(VALID, "someone"))).isEqualTo(403);
      assertThat(health(client, issuer.token(VALID))).isEqualTo(403);
      assertThat(health(client, issuer.token(VALID.negated(), "admin"))).isEqualTo(401);
      assertThat(health(client, issuer.forged("admin"))).isEqualTo(401);
      assertThat(health(client, other.token(VALID, "admin"))).isEqualTo(401);
      assertThat(health(client, issuer.tokenForAnother("admin"))).isEqualTo(401);
      assertThat(health(client, "a.b.c")).isEqualTo(401);
      assertThat(health(client, "key")).isEqualTo(401);
      assertThat(client.get("/health").status()).isEqualTo(401);
    }
  }

  /** A client that watches then needs another token, like every other one. */
  @Test
  void aStreamEndsWithItsToken() throws Exception {
    try (Issuer issuer = new Issuer();
        Database database = RealParts.newDatabase();
        ServiceInThisJvm service =
            new ServiceInThisJvm(
                database,
                "--BACKFILL_OIDC_ISSUER=" + issuer.url(),
                "--BACKFILL_OIDC_AUDIENCE=" + Issuer.AUDIENCE)) {
      BackfillClient client = service.client();
      String bearer = "Bearer " + issuer.token(VALID, "operator");
      Answer start =
          client.send(
              client
                  .uploadRequest(
                      "/import/backfill/start",
                      "watched.csv",
                      new ByteArrayInputStream(SessionFiles.good(1)))
                  .header("Authorization", bearer));
      assertThat(start.status()).as(start.text()).isEqualTo(201);

      String soon = "Bearer " + issuer.token(ALMOST_OVER, "viewer");
      HttpClient http = HttpClient.newHttpClient();
      List<CompletableFuture<HttpResponse<String>>> streams =
          Stream.of("progress", start.jobId() + "/progress")
              .map(path -> client.request("/import/backfill/" + path))
              .map(request -> request.header("Authorization", soon).build())
              .map(request -> http.sendAsync(request, BodyHandlers.ofString()))
              .toList();
      for (CompletableFuture<HttpResponse<String>> stream : streams) {
        assertThat(stream).succeedsWithin(PATIENCE);
        assertThat(stream.join().statusCode()).isEqualTo(200);
        assertThat(stream.join().body()).contains("data:");
      }
      assertThat(health(client, soon.substring("Bearer ".length()))).isEqualTo(401);
    }
  }

  private static int health(BackfillClient client, String token) {
    return client
        .send(client.request("/health").header("Authorization", "Bearer " + token))
        .status();
  }
}
