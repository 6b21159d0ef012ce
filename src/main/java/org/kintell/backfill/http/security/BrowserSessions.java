package org.kintell.backfill.http.security;

import com.google.common.net.InetAddresses;
import com.nimbusds.jose.jwk.source.ImmutableSecret;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;
import org.kintell.backfill.config.Secret;
import org.kintell.backfill.config.WrongSettingException;
import org.kintell.backfill.folder.DataFolder;
import org.kintell.backfill.folder.SecretFile;
import org.kintell.backfill.http.problem.ApiException;
import org.kintell.backfill.http.problem.ProblemType;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.env.Environment;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ResponseCookie;
import org.springframework.security.oauth2.jose.jws.MacAlgorithm;
import org.springframework.security.oauth2.jwt.JwsHeader;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.oauth2.jwt.JwtClaimsSet;
import org.springframework.security.oauth2.jwt.JwtEncoderParameters;
import org.springframework.security.oauth2.jwt.JwtException;
import org.springframework.security.oauth2.jwt.JwtTimestampValidator;
import org.springframework.security.oauth2.jwt.NimbusJwtDecoder;
import org.springframework.security.oauth2.jwt.NimbusJwtEncoder;
import org.springframework.stereotype.Component;
import org.springframework.web.util.WebUtils;

/**
 * Exchanges a key for the console's signed cookie, and reads that cookie. No process stores a
 * session: every process with the secret can check it, also during a database outage.
 */
@Component
public class BrowserSessions {

  private static final Logger LOG = LoggerFactory.getLogger(BrowserSessions.class);

  private static final Duration LONGEST = Duration.ofHours(8);
  private static final String VARIABLE = "BACKFILL_CONSOLE_SECRET";
  private static final int SHORTEST_SECRET = 32;

  /** Browsers take a name with this prefix only over TLS, from this host, for all of its paths. */
  private static final String OVER_TLS = "__Host-kintell";

  private static final String ON_THIS_MACHINE = "kintell_session";
  private static final String ROLE = "role";
  private static final String FINGERPRINT = "key";

  private final List<ApiKey> keys;
  private final boolean required;
  private final ApiKeyAuthenticator authenticator;
  private final NimbusJwtEncoder encoder;
  private final NimbusJwtDecoder decoder;
  private final Counter signedIn;

  BrowserSessions(
      AccessSettings settings,
      ApiKeyAuthenticator authenticator,
      DataFolder data,
      Environment environment,
      MeterRegistry meters)
      throws IOException {
    this.keys = settings.keys();
    this.required = settings.isRequired();
    this.authenticator = authenticator;
    SecretKey secret =
        new SecretKeySpec(
            secret(
                environment.getProperty("backfill.console.secret", Secret.class, Secret.NONE),
                data),
            "HmacSHA256");
    this.encoder = new NimbusJwtEncoder(new ImmutableSecret<>(secret));
    this.decoder = NimbusJwtDecoder.withSecretKey(secret).macAlgorithm(MacAlgorithm.HS256).build();
    decoder.setJwtValidator(new JwtTimestampValidator(Duration.ZERO));
    this.signedIn =
        Counter.builder("backfill.console.signed.in")
            .description("Keys exchanged for a session of the console")
            .register(meters);
  }

  private static byte[] secret(Secret named, DataFolder data) throws IOException {
    if (!named.isPresent()) {
      return SecretFile.read(data.path().resolve("console.secret"));
    }
    if (named.value().length() < SHORTEST_SECRET) {
      throw new WrongSettingException(
          VARIABLE,
          "(" + named.value().length() + " characters)",
          "at least " + SHORTEST_SECRET + " random characters");
    }
    return named.value().getBytes(StandardCharsets.UTF_8);
  }

  /** Whether callers must sign in. */
  public boolean areRequired() {
    return required;
  }

  /**
   * Exchanges a key for a session.
   *
   * @throws ApiException if the connection is not safe for a key, the key is wrong, too many wrong
   *     ones came from the address, or its role may not use the console
   */
  public BrowserSession signIn(String key, HttpServletRequest request) {
    if (!isSafe(request)) {
      throw new ApiException(ProblemType.SIGN_IN_IN_CLEAR);
    }
    String address = request.getRemoteAddr();
    ApiKey found =
        authenticator
            .find(null, key, address)
            .orElseThrow(
                () -> {
                  LOG.warn("Key not valid, from {}: console", address);
                  return new ApiException(ProblemType.KEY_NOT_VALID).withoutLoginWindow();
                });
    if (found.role() == Role.METRICS) {
      throw new ApiException(ProblemType.ROLE_TOO_LOW);
    }
    signedIn.increment();
    LOG.info("Signed in to the console: {} from {}", found.name(), address);
    return BrowserSession.of(found, Instant.now().plus(LONGEST).truncatedTo(ChronoUnit.SECONDS));
  }

  /** The cookie for a session, or the one that ends it. */
  public ResponseCookie cookie(BrowserSession session, HttpServletRequest request) {
    return ResponseCookie.from(name(request), session == null ? "" : sign(session))
        .path("/")
        .httpOnly(true)
        .secure(request.isSecure())
        .sameSite("Strict")
        .maxAge(session == null ? Duration.ZERO : Duration.between(Instant.now(), session.until()))
        .build();
  }

  private String sign(BrowserSession session) {
    JwtClaimsSet claims =
        JwtClaimsSet.builder()
            .subject(session.name())
            .claim(ROLE, session.role())
            .claim(FINGERPRINT, session.fingerprint())
            .expiresAt(session.until())
            .build();
    JwsHeader header = JwsHeader.with(MacAlgorithm.HS256).build();
    return encoder.encode(JwtEncoderParameters.from(header, claims)).getTokenValue();
  }

  /**
   * The session in a request's cookie; empty if there is none, it is over, its key was removed, or
   * another site's page may have sent the request.
   */
  Optional<BrowserSession> find(HttpServletRequest request) {
    return isSafe(request) && isOfThisPage(request)
        ? cookie(request).flatMap(this::read).filter(this::hasItsKey)
        : Optional.empty();
  }

  private static Optional<String> cookie(HttpServletRequest request) {
    return Optional.ofNullable(WebUtils.getCookie(request, name(request))).map(Cookie::getValue);
  }

  private Optional<BrowserSession> read(String token) {
    try {
      Jwt jwt = decoder.decode(token);
      return Optional.of(
          new BrowserSession(
              jwt.getSubject(),
              jwt.getClaimAsString(ROLE),
              jwt.getClaimAsString(FINGERPRINT),
              jwt.getExpiresAt()));
    } catch (JwtException e) {
      LOG.debug("Session not accepted: {}", e.getMessage());
      return Optional.empty();
    }
  }

  private boolean hasItsKey(BrowserSession session) {
    return keys.stream().anyMatch(session::isOf);
  }

  private static String name(HttpServletRequest request) {
    return request.isSecure() ? OVER_TLS : ON_THIS_MACHINE;
  }

  /** A proxy without TLS on this machine passes a host name other than this machine's. */
  private static boolean isSafe(HttpServletRequest request) {
    return request.isSecure()
        || (isLoopback(request.getRemoteAddr())
            && CrossSiteFilter.isThisMachine(request.getHeader(HttpHeaders.HOST)));
  }

  private static boolean isLoopback(String address) {
    return InetAddresses.isInetAddress(address)
        && InetAddresses.forString(address).isLoopbackAddress();
  }

  private static boolean isOfThisPage(HttpServletRequest request) {
    String site = request.getHeader("Sec-Fetch-Site");
    if (site == null) {
      String origin = request.getHeader(HttpHeaders.ORIGIN);
      return origin != null && !CrossSiteFilter.isOther(origin, request);
    }
    return site.equals("same-origin") || (site.equals("none") && CrossSiteFilter.isLink(request));
  }
}
