package org.kintell.backfill.testsupport;

import com.google.common.hash.Hashing;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * An OpenID Connect issuer: issues tokens, publishes its addresses and keys, and signs people in.
 * Anybody may say on its page who they are; from the client it takes nothing on trust.
 */
public final class Issuer implements AutoCloseable {

  /** The audience of the tokens. */
  public static final String AUDIENCE = "kintell-connector";

  /** The only client, and its secret. */
  public static final String CLIENT = "kintell-console";

  public static final String SECRET = "a secret of the client";

  private static final int RSA_BITS = 2048;
  private static final String JSON = "application/json";

  private final RSAKey key;
  private final Map<String, List<String>> people = new LinkedHashMap<>();
  private final Set<String> redirects = new HashSet<>();
  private final Map<String, Map<String, String>> begun = new ConcurrentHashMap<>();
  private final Map<String, Grant> codes = new ConcurrentHashMap<>();
  private final List<String> given = new CopyOnWriteArrayList<>();
  private HttpServer server;
  private RSAKey signer;
  private Consumer<JWTClaimsSet.Builder> change = claims -> {};
  private volatile CompletableFuture<Void> held = CompletableFuture.completedFuture(null);
  private final AtomicInteger asked = new AtomicInteger();

  /** A person who was sent back, and the request of the client. */
  private record Grant(String person, Map<String, String> request) {}

  public Issuer() throws IOException, JOSEException {
    key = new RSAKeyGenerator(RSA_BITS).keyID("one").generate();
    signer = key;
    start(0);
  }

  private void start(int port) throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
    serve(
        "/.well-known/openid-configuration",
        JSON,
        query -> {
          asked.incrementAndGet();
          held.join();
          return """
            {"issuer":"%1$s","jwks_uri":"%1$s/keys","subject_types_supported":["public"],
             "authorization_endpoint":"%1$s/authorize","token_endpoint":"%1$s/token"}
            """
              .formatted(url());
        });
    serve("/keys", JSON, query -> new JWKSet(key).toString());
    serve("/authorize", "text/html", this::page);
    server.createContext("/grant", this::grant);
    server.createContext("/token", this::exchange);
    server.start();
  }

  private void serve(String path, String type, Function<Map<String, String>, String> content) {
    server.createContext(
        path,
        exchange -> {
          try {
            Map<String, String> query = parameters(exchange.getRequestURI().getRawQuery());
            answer(exchange, 200, type, content.apply(query));
          } catch (IllegalArgumentException e) {
            answer(exchange, 400, "text/plain", e.getMessage());
          }
        });
  }

  private static void answer(HttpExchange exchange, int status, String type, String text)
      throws IOException {
    byte[] body = text.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", type);
    exchange.sendResponseHeaders(status, body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }

  /** The parameters of a query or a form. */
  public static Map<String, String> parameters(String encoded) {
    return encoded == null
        ? Map.of()
        : Stream.of(encoded.split("&"))
            .map(one -> one.split("=", 2))
            .collect(
                Collectors.toMap(
                    one -> one[0], one -> URLDecoder.decode(one[1], StandardCharsets.UTF_8)));
  }

  /** A person of this name can sign in, with these roles. */
  public Issuer with(String person, String... roles) {
    people.put(person, List.of(roles));
    return this;
  }

  /** Where the client may have people sent back to. */
  public Issuer sendsTo(String address) {
    redirects.add(address);
    return this;
  }

  /** Changes the next ID tokens before they are signed. */
  public void change(Consumer<JWTClaimsSet.Builder> change) {
    this.change = change;
  }

  /** Signs the next ID tokens with a key that it does not publish, or with its own again. */
  public void forge(boolean forged) throws JOSEException {
    signer = forged ? new RSAKeyGenerator(RSA_BITS).keyID("one").generate() : key;
  }

  /** Answers nothing until this is complete. */
  public void hold(CompletableFuture<Void> until) {
    held = until;
  }

  /** How often it was asked for its addresses. */
  public int asked() {
    return asked.get();
  }

  /** Each code and token that the client got. */
  public List<String> given() {
    return given;
  }

  private static void require(boolean right, String what) {
    if (!right) {
      throw new IllegalArgumentException("wrong " + what);
    }
  }

  private String page(Map<String, String> request) {
    require(CLIENT.equals(request.get("client_id")), "client_id");
    require("code".equals(request.get("response_type")), "response_type");
    require("openid".equals(request.get("scope")), "scope");
    require(redirects.contains(request.get("redirect_uri")), "redirect_uri");
    require("S256".equals(request.get("code_challenge_method")), "code_challenge_method");
    for (String random : List.of("code_challenge", "nonce", "state")) {
      require(request.getOrDefault(random, "").length() >= 43, random);
    }
    String id = UUID.randomUUID().toString();
    begun.put(id, request);
    return people.keySet().stream()
        .map(name -> "<p><a href='/grant?id=%s&person=%s'>%s</a></p>".formatted(id, name, name))
        .collect(Collectors.joining("", "<!doctype html><h1>Who are you?</h1>", ""));
  }

  private void grant(HttpExchange exchange) throws IOException {
    Map<String, String> query = parameters(exchange.getRequestURI().getRawQuery());
    Map<String, String> request = begun.remove(query.get("id"));
    String code = UUID.randomUUID().toString();
    codes.put(code, new Grant(query.get("person"), request));
    given.add(code);
    exchange
        .getResponseHeaders()
        .set(
            "Location",
            request.get("redirect_uri")
                + "?code="
                + code
                + "&state="
                + URLEncoder.encode(request.get("state"), StandardCharsets.UTF_8));
    exchange.sendResponseHeaders(302, -1);
    exchange.close();
  }

  /** A code is good for one try. */
  private void exchange(HttpExchange exchange) throws IOException {
    Map<String, String> form =
        parameters(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
    Grant grant = codes.remove(form.getOrDefault("code", ""));
    String client =
        "Basic "
            + Base64.getEncoder()
                .encodeToString(
                    (CLIENT + ":" + URLEncoder.encode(SECRET, StandardCharsets.UTF_8))
                        .getBytes(StandardCharsets.UTF_8));
    if (!client.equals(exchange.getRequestHeaders().getFirst("Authorization"))) {
      answer(exchange, 401, JSON, "{\"error\":\"invalid_client\"}");
    } else if (grant == null
        || !"authorization_code".equals(form.get("grant_type"))
        || !grant.request().get("redirect_uri").equals(form.get("redirect_uri"))
        || !grant.request().get("code_challenge").equals(challenge(form.get("code_verifier")))) {
      answer(exchange, 400, JSON, "{\"error\":\"invalid_grant\"}");
    } else {
      answer(exchange, 200, JSON, tokens(grant));
    }
  }

  private static String challenge(String verifier) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(Hashing.sha256().hashString(verifier, StandardCharsets.US_ASCII).asBytes());
  }

  private String tokens(Grant grant) {
    JWTClaimsSet.Builder claims =
        claims(CLIENT, Duration.ofMinutes(5), people.get(grant.person()).toArray(new String[0]))
            .subject(grant.person())
            .claim("nonce", grant.request().get("nonce"));
    change.accept(claims);
    try {
      String access = UUID.randomUUID().toString();
      String id = signed(signer, claims.build());
      given.addAll(List.of(access, id));
      return "{\"token_type\":\"Bearer\",\"access_token\":\"%s\",\"id_token\":\"%s\"}"
          .formatted(access, id);
    } catch (JOSEException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Starts again at the same address. */
  public void comeBack() throws IOException {
    start(server.getAddress().getPort());
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
    return signed(signer, claims(audience, valid, roles).build());
  }

  private JWTClaimsSet.Builder claims(String audience, Duration valid, String... roles) {
    Instant now = Instant.now();
    return new JWTClaimsSet.Builder()
        .issuer(url())
        .subject("somebody")
        .audience(audience)
        .issueTime(Date.from(now.minusSeconds(600)))
        .expirationTime(Date.from(now.plus(valid)))
        .claim("roles", List.of(roles));
  }

  private static String signed(RSAKey signer, JWTClaimsSet claims) throws JOSEException {
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
