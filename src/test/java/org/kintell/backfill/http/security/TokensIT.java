package org.kintell.backfill.http.security;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.kintell.backfill.testsupport.BackfillClient;
import org.kintell.backfill.testsupport.Database;
import org.kintell.backfill.testsupport.Issuer;
import org.kintell.backfill.testsupport.RealParts;
import org.kintell.backfill.testsupport.ServiceInThisJvm;

/**
 * The service accepts tokens of an OpenID Connect issuer instead of keys, with the roles in them.
 */
class TokensIT {

  private static final Duration VALID = Duration.ofMinutes(5);

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

  private static int health(BackfillClient client, String token) {
    return client
        .send(client.request("/health").header("Authorization", "Bearer " + token))
        .status();
  }
}
