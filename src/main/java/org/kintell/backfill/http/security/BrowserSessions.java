package org.kintell.backfill.http.security;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.google.common.net.InetAddresses;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import org.kintell.backfill.http.SignedCookies;
import org.kintell.backfill.http.problem.ApiException;
import org.kintell.backfill.http.problem.ProblemType;
import org.kintell.backfill.trail.Actor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ResponseCookie;
import org.springframework.security.core.Authentication;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.oauth2.jwt.JwtClaimsSet;
import org.springframework.stereotype.Component;

/**
 * Exchanges a key, or what the issuer says about a person, for the console's signed cookie, and
 * reads that cookie.
 */
@Component
public class BrowserSessions {

  private static final Logger LOG = LoggerFactory.getLogger(BrowserSessions.class);

  private static final Duration LONGEST = Duration.ofHours(8);

  /** An open page asks for the service's health more often. */
  private static final Duration IN_USE = Duration.ofMinutes(5);

  private static final int MOST_COUNTED = 10_000;
  private static final String ROLE = "role";
  private static final String FINGERPRINT = "key";

  private final List<ApiKey> keys;
  private final AccessSettings settings;
  private final ApiKeyAuthenticator authenticator;
  private final SignedCookies cookies;
  private final Counter signedIn;

  /** The service keeps no sessions: only for the gauge. */
  private final Cache<BrowserSession, Boolean> inUse =
      Caffeine.newBuilder().expireAfterWrite(IN_USE).maximumSize(MOST_COUNTED).build();

  BrowserSessions(
      AccessSettings settings,
      ApiKeyAuthenticator authenticator,
      SignedCookies cookies,
      MeterRegistry meters) {
    this.keys = settings.keys();
    this.settings = settings;
    this.authenticator = authenticator;
    this.cookies = cookies;
    this.signedIn =
        Counter.builder("backfill.console.signed.in")
            .description("Sessions of the console that began with a key or at the issuer")
            .register(meters);
    Gauge.builder("backfill.console.sessions", inUse, BrowserSessions::size)
        .description("Sessions of the console with a request to this process in five minutes")
        .register(meters);
  }

  private static long size(Cache<BrowserSession, Boolean> sessions) {
    sessions.cleanUp();
    return sessions.estimatedSize();
  }

  /** Whether callers must sign in. */
  public boolean areRequired() {
    return settings.isRequired();
  }

  /**
   * Exchanges a key for a session.
   *
   * @throws ApiException if the connection is not safe for a key, the key is wrong, too many wrong
   *     ones came from the address, or its role may not use the console
   */
  public BrowserSession signIn(String key, HttpServletRequest request) {
    requireSafe(request);
    String address = request.getRemoteAddr();
    ApiKey found =
        authenticator
            .find(null, key, address)
            .orElseThrow(
                () -> {
                  LOG.warn("Key not valid, from {}: console", address);
                  return new ApiException(ProblemType.KEY_NOT_VALID).withoutLoginWindow();
                });
    return begin(BrowserSession.of(found, longestEnd()), address);
  }

  /**
   * Begins the session of a person whom the issuer has authenticated.
   *
   * @throws ApiException if the connection is not safe, or the person's role may not use the
   *     console
   */
  public BrowserSession signIn(Authentication person, HttpServletRequest request) {
    requireSafe(request);
    Role role =
        Role.highestOf(person.getAuthorities())
            .orElseThrow(() -> new ApiException(ProblemType.ROLE_TOO_LOW));
    return begin(
        BrowserSession.of(person.getName(), role, settings, longestEnd()), request.getRemoteAddr());
  }

  private static Instant longestEnd() {
    return Instant.now().plus(LONGEST).truncatedTo(ChronoUnit.SECONDS);
  }

  private BrowserSession begin(BrowserSession session, String address) {
    if (session.role().equals(Role.METRICS.label())) {
      throw new ApiException(ProblemType.ROLE_TOO_LOW);
    }
    signedIn.increment();
    // A person's name is the subject of a token, which its issuer chooses freely.
    LOG.info("Signed in to the console: {}", new Actor(session.name(), address, null));
    return session;
  }

  /** The cookie for a session. */
  public ResponseCookie cookie(BrowserSession session, HttpServletRequest request) {
    return cookies.write(
        SignedCookies.Kind.SESSION,
        JwtClaimsSet.builder()
            .subject(session.name())
            .claim(ROLE, session.role())
            .claim(FINGERPRINT, session.fingerprint())
            .expiresAt(session.until()),
        request);
  }

  /** The cookie that ends the session of a request. */
  public ResponseCookie end(HttpServletRequest request) {
    find(request).ifPresent(inUse::invalidate);
    return cookies.remove(SignedCookies.Kind.SESSION, request);
  }

  /**
   * The session in a request's cookie; empty if there is none, it is over, its key or issuer was
   * removed, or another site's page may have sent the request.
   */
  Optional<BrowserSession> find(HttpServletRequest request) {
    Optional<BrowserSession> found =
        isSafe(request) && isOfThisPage(request)
            ? cookies
                .read(SignedCookies.Kind.SESSION, request)
                .map(BrowserSessions::read)
                .filter(this::hasItsOrigin)
            : Optional.empty();
    found.ifPresent(session -> inUse.put(session, true));
    return found;
  }

  private static BrowserSession read(Jwt claims) {
    return new BrowserSession(
        claims.getSubject(),
        claims.getClaimAsString(ROLE),
        claims.getClaimAsString(FINGERPRINT),
        claims.getExpiresAt());
  }

  private boolean hasItsOrigin(BrowserSession session) {
    return session.isOf(settings) || keys.stream().anyMatch(session::isOf);
  }

  /**
   * Requires a connection that nobody else can read.
   *
   * @throws ApiException if it is not encrypted and comes from another machine
   */
  public void requireSafe(HttpServletRequest request) {
    if (!isSafe(request)) {
      throw new ApiException(ProblemType.SIGN_IN_IN_CLEAR);
    }
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
