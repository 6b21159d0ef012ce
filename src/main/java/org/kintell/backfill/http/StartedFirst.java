package org.kintell.backfill.http;

import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.apache.camel.CamelContext;
import org.kintell.backfill.http.problem.ApiException;
import org.kintell.backfill.http.problem.ProblemType;
import org.springframework.context.annotation.Lazy;
import org.springframework.stereotype.Component;
import org.springframework.web.servlet.HandlerInterceptor;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/**
 * Answers 503 before all routes have started, and during shutdown: Tomcat accepts requests earlier
 * and later. So a healthy answer means that all routes are up. The actuator is not affected.
 */
@Component
class StartedFirst implements HandlerInterceptor, WebMvcConfigurer {

  /** The console and the command line show the start of the service themselves. */
  private static final String[] NEEDS_NO_ROUTE = {"/", "/console/**", "/cli/**", "/whoami"};

  private final CamelContext camel;

  /** Lazily, because the web server asks for interceptors before there are routes. */
  StartedFirst(@Lazy CamelContext camel) {
    this.camel = camel;
  }

  @Override
  public void addInterceptors(InterceptorRegistry registry) {
    registry.addInterceptor(this).excludePathPatterns(NEEDS_NO_ROUTE);
  }

  /** Not for the second part of a request that waited, nor for an error page. */
  @Override
  public boolean preHandle(
      HttpServletRequest request, HttpServletResponse response, Object handler) {
    if (request.getDispatcherType() == DispatcherType.REQUEST && !camel.isStarted()) {
      throw new ApiException(ProblemType.STARTING);
    }
    return true;
  }
}
