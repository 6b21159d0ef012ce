package org.kintell.backfill.http.security;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.kintell.backfill.http.problem.ProblemType;
import org.springframework.http.HttpHeaders;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Refuses requests that web pages of other sites make through a user's browser. Browsers send the
 * origin of a request; other clients send none and pass.
 */
final class CrossSiteFilter extends OncePerRequestFilter {

  private static final Set<String> SAFE = Set.of("GET", "HEAD", "OPTIONS");
  private static final Set<String> OWN = Set.of("same-origin", "none");

  /** Names of this machine. A page that uses DNS rebinding has another one. */
  private static final Pattern THIS_MACHINE =
      Pattern.compile("localhost|[a-z0-9-]+\\.localhost|127(\\.\\d{1,3}){3}|\\[::1]");

  private final Refusals refusals;
  private final List<String> origins;
  private final List<String> hosts;
  private final boolean thisMachineOnly;
  private final String actuator;

  /**
   * @param thisMachineOnly whether only names of this machine are accepted
   * @param actuator the path below which no other site's page is allowed
   */
  CrossSiteFilter(
      Refusals refusals, AccessSettings settings, boolean thisMachineOnly, String actuator) {
    this.refusals = refusals;
    this.origins = settings.corsOrigins();
    this.hosts = settings.hosts().stream().map(host -> host.toLowerCase(Locale.ROOT)).toList();
    this.thisMachineOnly = thisMachineOnly;
    this.actuator = actuator;
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    if (!isKnownHost(request.getHeader(HttpHeaders.HOST))) {
      refusals.refuse(request, response, ProblemType.UNKNOWN_HOST);
    } else if (isForeign(request)) {
      refusals.refuse(request, response, ProblemType.CROSS_SITE);
    } else {
      chain.doFilter(request, response);
    }
  }

  /** A request without the header does not come from a browser. */
  private boolean isKnownHost(String header) {
    if (header == null || (hosts.isEmpty() && !thisMachineOnly)) {
      return true;
    }
    return hosts.isEmpty() ? isThisMachine(header) : hosts.contains(name(header));
  }

  /** Whether a Host header names this machine. */
  static boolean isThisMachine(String header) {
    return header != null && THIS_MACHINE.matcher(name(header)).matches();
  }

  private static String name(String header) {
    return header.strip().replaceFirst(":\\d+$", "").toLowerCase(Locale.ROOT);
  }

  private boolean isForeign(HttpServletRequest request) {
    String origin = request.getHeader(HttpHeaders.ORIGIN);
    String site = request.getHeader("Sec-Fetch-Site");
    if (request.getRequestURI().contains(actuator)) {
      return site == null
          ? isOther(origin, request) || isOther(request.getHeader(HttpHeaders.REFERER), request)
          : !OWN.contains(site);
    }
    if (origin != null && origins.contains(origin)) {
      return false;
    }
    boolean safe = SAFE.contains(request.getMethod());
    if (site != null) {
      return !OWN.contains(site) && !(safe && isLink(request));
    }
    return !safe && isOther(origin, request);
  }

  /** Whether a browser follows a link or opens an address, and no script asks. */
  static boolean isLink(HttpServletRequest request) {
    return "navigate".equals(request.getHeader("Sec-Fetch-Mode"));
  }

  /**
   * @param page the address or origin of the page that made the request, or null
   */
  static boolean isOther(String page, HttpServletRequest request) {
    String host = request.getHeader(HttpHeaders.HOST);
    return page != null
        && !page.matches("https?://" + Pattern.quote(host == null ? "" : host) + "(/.*)?");
  }
}
