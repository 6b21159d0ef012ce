package org.kintell.backfill.testsupport;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;

/** An OpenID Connect issuer: issues tokens, and publishes its address and its keys. */
public final class Issuer implements AutoCloseable {

  /** The audience of the tokens. */
  public static final String AUDIENCE = "kintell-connector";

  private static final int RSA_BITS = 2048;

  private final HttpServer server;
  private final RSAKey key;

  public Issuer() throws IOException, JOSEException {
    key = new RSAKeyGenerator(RSA_BITS).keyID("one").generate();
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    serve(
        "/.well-known/openid-configuration",
        "{\"issuer\":\"%1$s\",\"jwks_uri\":\"%1$s/keys\",\"subject_types_supported\":[\"public\"]}"
            .formatted(url()));
    serve("/keys", new JWKSet(key).toString());
    server.start();
  }

  private void serve(String path, String json) {
    byte[] body = json.getBytes(StandardCharsets.UTF_8);
    server.createContext(
        path,
        exchange -> {
          exchange.getResponseHeaders().set("Content-Type", "application/json");
          exchange.sendResponseHeaders(200, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
  }

  public String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  /** A token with these roles, valid for the given time. */
  public String token(Duration valid, String... roles) throws JOSEException {
    return token(key, valid, roles);
  }

  /** The same, signed with another key. */
  public String forged(String... roles) throws JOSEException {
    return token(
        new RSAKeyGenerator(RSA_BITS).keyID("one").generate(), Duration.ofMinutes(5), roles);
  }

  /** A token for another application. */
  public String tokenForAnother(String... roles) throws JOSEException {
    return token(key, "another", Duration.ofMinutes(5), roles);
  }

  private String token(RSAKey signer, Duration valid, String... roles) throws JOSEException {
    return token(signer, AUDIENCE, valid, roles);
  }

  private String token(RSAKey signer, String audience, Duration valid, String... roles)
      throws JOSEException {
    Instant now = Instant.now();
    JWTClaimsSet claims =
        new JWTClaimsSet.Builder()
            .issuer(url())
            .subject("somebody")
            .audience(audience)
            .issueTime(Date.from(now.minusSeconds(600)))
            .expirationTime(Date.from(now.plus(valid)))
            .claim("roles", List.of(roles))
            .build();
    SignedJWT token =
        new SignedJWT(new JWSHeader.Builder(JWSAlgorithm.RS256).keyID("one").build(), claims);
    token.sign(new RSASSASigner(signer));
    return token.serialize();
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
