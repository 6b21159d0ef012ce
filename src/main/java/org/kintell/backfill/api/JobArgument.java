package org.kintell.backfill.api;

import java.util.List;
import java.util.Map;
import org.kintell.backfill.http.problem.ApiException;
import org.kintell.backfill.job.Job;
import org.springframework.context.annotation.Lazy;
import org.springframework.core.MethodParameter;
import org.springframework.stereotype.Component;
import org.springframework.web.bind.support.WebDataBinderFactory;
import org.springframework.web.context.request.NativeWebRequest;
import org.springframework.web.context.request.RequestAttributes;
import org.springframework.web.method.support.HandlerMethodArgumentResolver;
import org.springframework.web.method.support.ModelAndViewContainer;
import org.springframework.web.servlet.HandlerMapping;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/**
 * Gives a controller's parameter of type {@link Job} the job that {@code {jobId}} in the address
 * names.
 */
@Component
class JobArgument implements HandlerMethodArgumentResolver, WebMvcConfigurer {

  private final JobQueries jobs;

  /** Lazily, because the web server asks for resolvers before the database is known. */
  JobArgument(@Lazy JobQueries jobs) {
    this.jobs = jobs;
  }

  @Override
  public void addArgumentResolvers(List<HandlerMethodArgumentResolver> resolvers) {
    resolvers.add(this);
  }

  @Override
  public boolean supportsParameter(MethodParameter parameter) {
    return parameter.getParameterType() == Job.class;
  }

  /**
   * @throws ApiException if there is no such job; a malformed id is unknown
   */
  @Override
  public Job resolveArgument(
      MethodParameter parameter,
      ModelAndViewContainer container,
      NativeWebRequest request,
      WebDataBinderFactory binders) {
    Map<?, ?> variables =
        (Map<?, ?>)
            request.getAttribute(
                HandlerMapping.URI_TEMPLATE_VARIABLES_ATTRIBUTE, RequestAttributes.SCOPE_REQUEST);
    return jobs.find(String.valueOf(variables.get("jobId")));
  }
}
