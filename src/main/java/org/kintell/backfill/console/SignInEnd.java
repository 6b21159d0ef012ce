package org.kintell.backfill.console;

import com.github.benmanes.caffeine.cache.Caffeine;
import com.google.common.base.Throwables;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ConcurrentMap;
import java.util.regex.Pattern;
import org.kintell.backfill.http.problem.ApiException;
import org.kintell.backfill.http.security.BrowserSession;
import org.kintell.backfill.http.security.BrowserSessions;
import org.kintell.backfill.trail.Actor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.security.authentication.AuthenticationServiceException;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.AuthenticationException;
import org.springframework.security.oauth2.core.OAuth2AuthenticationException;
import org.springframework.security.oauth2.jwt.JwtValidationException;
import org.springframework.security.web.authentication.AuthenticationFailureHandler;
import org.springframework.security.web.authentication.AuthenticationSuccessHandler;

/**
 * Ends a sign-in at the issuer on the console's page: with a session, or with the reason why there
 * is none.
 */
final class SignInEnd implements AuthenticationSuccessHandler, AuthenticationFailureHandler {

  static final String CONSOLE = "/";

  private static final Logger LOG = LoggerFactory.getLogger(SignInEnd.class);

  /** Codes of RFC 6749 and of Spring. A request can bring any text as a code. */
  private static final Pattern CODE = Pattern.compile("[a-z_]{1,40}");

  /** Anybody can cause a failure, as often as they like. */
  private static final Duration SILENT = Duration.ofMinutes(1);

  private static final int MOST_REASONS = 1_000;

  private final BrowserSessions sessions;

  /** The reasons of the last minute. */
  private final ConcurrentMap<String, Boolean> logged =
      Caffeine.newBuilder()
          .expireAfterWrite(SILENT)
          .maximumSize(MOST_REASONS)
          .<String, Boolean>build()
          .asMap();

  SignInEnd(BrowserSessions sessions) {
    this.sessions = sessions;
  }

  @Override
  public void onAuthenticationSuccess(
      HttpServletRequest request, HttpServletResponse response, Authentication person) {
    try {
      BrowserSession session = sessions.signIn(person, request);
      response.addHeader(HttpHeaders.SET_COOKIE, sessions.cookie(session, request).toString());
      redirect(response, CONSOLE);
    } catch (ApiException e) {
      log(new Actor(person.getName(), request.getRemoteAddr(), null), reason(e));
      refuse(response, e);
    }
  }

  @Override
  public void onAuthenticationFailure(
      HttpServletRequest request, HttpServletResponse response, AuthenticationException e) {
    String reason = reason(e);
    if (logged.putIfAbsent(reason, true) == null) {
      log(new Actor("somebody", request.getRemoteAddr(), null), reason);
    }
    refuse(response, e);
  }

  private static void log(Actor person, String reason) {
    LOG.warn("Sign-in at the issuer failed, {}: {}", person, reason);
  }

  private static void refuse(HttpServletResponse response, Exception e) {
    redirect(response, CONSOLE + "?sign-in=" + refusal(e));
  }

  /** Tomcat would add the host that the request names. */
  private static void redirect(HttpServletResponse response, String path) {
    response.setStatus(HttpServletResponse.SC_FOUND);
    response.setHeader(HttpHeaders.LOCATION, path);
  }

  /** The name of the text that the page shows. */
  private static String refusal(Exception e) {
    List<Throwable> chain = Throwables.getCausalChain(e);
    return chain.stream()
        .filter(ApiException.class::isInstance)
        .map(it -> ((ApiException) it).problem().type().replaceFirst(".*:", ""))
        .findFirst()
        .orElse(
            chain.stream().anyMatch(IOException.class::isInstance)
                ? "issuer-unavailable"
                : "refused");
  }

  /** For the log: without a text of the request or a piece of a token. */
  private static String reason(Exception e) {
    Throwable root = Throwables.getRootCause(e);
    if (root instanceof ApiException own) {
      return own.problem().title();
    }
    return Throwables.getCausalChain(e).stream()
        .filter(AuthenticationServiceException.class::isInstance)
        .findFirst()
        .map(Throwable::getMessage)
        .orElseGet(() -> code(e) + (root == e ? "" : ", " + name(root)));
  }

  private static String code(Exception e) {
    return e instanceof OAuth2AuthenticationException refused
            && CODE.matcher(refused.getError().getErrorCode()).matches()
        ? refused.getError().getErrorCode()
        : "no known error";
  }

  /** The validator says which claims are wrong. */
  private static String name(Throwable root) {
    return root instanceof JwtValidationException
        ? root.getMessage()
        : root.getClass().getSimpleName();
  }
}
