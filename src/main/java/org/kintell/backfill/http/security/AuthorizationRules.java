package org.kintell.backfill.http.security;

import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Collections;
import java.util.stream.Stream;
import org.kintell.backfill.http.HtmlPreference;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.AuthorizeHttpRequestsConfigurer;
import org.springframework.security.web.servlet.util.matcher.PathPatternRequestMatcher;
import org.springframework.security.web.util.matcher.OrRequestMatcher;
import org.springframework.security.web.util.matcher.RequestMatcher;

/** The role that each address requires; an address that is not listed here requires admin. */
final class AuthorizationRules {

  private static final String[] HEALTH = {"/health", "/actuator/health", "/actuator/health/**"};

  /** Holds no secret, and is needed before the user has a key on this machine. */
  private static final String COMMAND_LINE = "/cli/kintell";

  private static final String METRICS = "/actuator/prometheus";

  /** Counts, causes and progress. No answer here may hold rows, values or e-mail addresses. */
  private static final String[] VIEW = {
    "/import/backfill",
    "/import/backfill/progress",
    "/import/backfill/nodes",
    "/import/backfill/*/status",
    "/import/backfill/*/report",
    "/import/backfill/*/verify",
    "/import/backfill/*/progress",
    "/import/backfill/*/rollback",
    "/import/backfill/*/pace",
    "/whoami",
    "/openapi.json",
    "/templates/**"
  };

  /** All other answers about jobs may hold personal data. */
  private static final String[] READ = {"/import/backfill/**"};

  private static final String[] OPERATE = {
    "/import/backfill/start",
    "/import/backfill/validate",
    "/import/backfill/*/resume",
    "/import/backfill/*/pause",
    "/import/backfill/*/cancel",
    "/import/backfill/*/retry",
    "/import/backfill/*/corrections",
    "/import/backfill/*/validate"
  };

  /** The console: it holds no data, and must load before the user signs in. */
  private static final String[] CONSOLE_FILES = {"/console/**"};

  /** Signing in needs a key in the body; signing out removes a cookie, also one that is over. */
  private static final String SESSION = "/console/session";

  private static final RequestMatcher ROOT = new OrRequestMatcher(reading("/"));

  private AuthorizationRules() {}

  static void apply(
      AuthorizeHttpRequestsConfigurer<HttpSecurity>.AuthorizationManagerRequestMatcherRegistry
          requests,
      AccessSettings settings) {
    // A request that was admitted needs no second key for its internal dispatches.
    requests
        .dispatcherTypeMatchers(DispatcherType.ASYNC, DispatcherType.ERROR, DispatcherType.FORWARD)
        .permitAll();
    if (!settings.isRequired()) {
      requests.anyRequest().permitAll();
      return;
    }
    requests
        .requestMatchers(AuthorizationRules::isConsole)
        .permitAll()
        .requestMatchers(reading(CONSOLE_FILES))
        .permitAll()
        .requestMatchers(matchers(HttpMethod.POST, SESSION))
        .permitAll()
        .requestMatchers(matchers(HttpMethod.DELETE, SESSION))
        .permitAll();
    if (settings.openHealth()) {
      requests.requestMatchers(reading(HEALTH)).permitAll();
    }
    requests
        .requestMatchers(reading(COMMAND_LINE))
        .permitAll()
        .requestMatchers(reading(HEALTH))
        .hasRole(Role.VIEWER.label())
        .requestMatchers(reading(METRICS))
        .hasRole(Role.METRICS.label())
        .requestMatchers(reading(VIEW))
        .hasRole(Role.VIEWER.label())
        .requestMatchers(reading(READ))
        .hasRole(Role.OPERATOR.label())
        .requestMatchers(ROOT)
        .hasRole(Role.VIEWER.label())
        .requestMatchers(matchers(HttpMethod.POST, OPERATE))
        .hasRole(Role.OPERATOR.label())
        .anyRequest()
        .hasRole(Role.ADMIN.label());
  }

  /** Programs that ask for the same address need a key. */
  private static boolean isConsole(HttpServletRequest request) {
    return ROOT.matches(request)
        && HtmlPreference.isIn(Collections.list(request.getHeaders(HttpHeaders.ACCEPT)));
  }

  private static RequestMatcher[] reading(String... paths) {
    return Stream.of(HttpMethod.GET, HttpMethod.HEAD)
        .flatMap(method -> Stream.of(matchers(method, paths)))
        .toArray(RequestMatcher[]::new);
  }

  private static RequestMatcher[] matchers(HttpMethod method, String... paths) {
    return Stream.of(paths)
        .map(path -> PathPatternRequestMatcher.withDefaults().matcher(method, path))
        .toArray(RequestMatcher[]::new);
  }
}
