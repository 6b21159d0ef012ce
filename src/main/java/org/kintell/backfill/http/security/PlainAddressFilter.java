package org.kintell.backfill.http.security;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.kintell.backfill.http.problem.ProblemType;
import org.springframework.boot.actuate.autoconfigure.web.ManagementContextConfiguration;
import org.springframework.boot.actuate.autoconfigure.web.ManagementContextType;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Refuses an address that is not plain before anything parses it, on a separate management port:
 * Spring's parser fails on {@code //actuator/jolokia} before the firewall sees it.
 */
@ManagementContextConfiguration(value = ManagementContextType.CHILD, proxyBeanMethods = false)
@Order(Ordered.HIGHEST_PRECEDENCE + 1)
class PlainAddressFilter extends OncePerRequestFilter {

  private final Refusals refusals;

  PlainAddressFilter(Refusals refusals) {
    this.refusals = refusals;
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    if (PlainAddressFirewall.isPlain(request.getRequestURI())) {
      chain.doFilter(request, response);
    } else {
      refusals.refuse(request, response, ProblemType.ODD_ADDRESS);
    }
  }
}
