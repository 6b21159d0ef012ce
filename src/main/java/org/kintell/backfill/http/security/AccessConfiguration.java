package org.kintell.backfill.http.security;

import java.util.List;
import org.kintell.backfill.http.problem.ProblemType;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.actuate.autoconfigure.endpoint.web.WebEndpointProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.HttpHeaders;
import org.springframework.security.access.hierarchicalroles.RoleHierarchy;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.ObjectPostProcessor;
import org.springframework.security.config.annotation.SecurityConfigurerAdapter;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.config.annotation.web.configurers.HeadersConfigurer;
import org.springframework.security.config.http.SessionCreationPolicy;
import org.springframework.security.oauth2.jwt.JwtDecoder;
import org.springframework.security.oauth2.server.resource.authentication.JwtAuthenticationConverter;
import org.springframework.security.web.DefaultSecurityFilterChain;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.authentication.AnonymousAuthenticationFilter;
import org.springframework.security.web.authentication.logout.LogoutFilter;
import org.springframework.security.web.firewall.HttpFirewall;
import org.springframework.security.web.firewall.RequestRejectedHandler;
import org.springframework.security.web.header.HeaderWriter;
import org.springframework.security.web.header.HeaderWriterFilter;
import org.springframework.security.web.header.writers.CacheControlHeadersWriter;
import org.springframework.security.web.header.writers.ContentSecurityPolicyHeaderWriter;
import org.springframework.security.web.header.writers.CrossOriginResourcePolicyHeaderWriter.CrossOriginResourcePolicy;
import org.springframework.security.web.header.writers.DelegatingRequestMatcherHeaderWriter;
import org.springframework.security.web.header.writers.ReferrerPolicyHeaderWriter.ReferrerPolicy;
import org.springframework.security.web.servlet.util.matcher.PathPatternRequestMatcher;
import org.springframework.security.web.util.matcher.NegatedRequestMatcher;
import org.springframework.security.web.util.matcher.OrRequestMatcher;
import org.springframework.web.cors.CorsConfiguration;
import org.springframework.web.cors.CorsConfigurationSource;
import org.springframework.web.cors.UrlBasedCorsConfigurationSource;

/** The security filters before every address of the service, on both ports. */
@Configuration(proxyBeanMethods = false)
class AccessConfiguration {

  /**
   * Policy of the console's page: it may run its own scripts, which write HTML only through
   * lit-html, and send requests to this service.
   */
  private static final String CONSOLE_POLICY =
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
          + " connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none';"
          + " require-trusted-types-for 'script'; trusted-types lit-html";

  /**
   * Sets the headers before the request is handled. Afterwards another thread may already write the
   * answer (a progress stream, for example), and Tomcat's responses are not thread-safe.
   */
  private static final ObjectPostProcessor<HeaderWriterFilter> HEADERS_FIRST =
      new ObjectPostProcessor<>() {
        @Override
        public <O extends HeaderWriterFilter> O postProcess(O filter) {
          filter.setShouldWriteHeadersEagerly(true);
          return filter;
        }
      };

  @Bean
  SecurityFilterChain access(
      HttpSecurity http,
      AccessSettings settings,
      ListenAddress address,
      ApiKeyAuthenticator keys,
      Refusals refusals,
      BrowserSessions sessions,
      WebEndpointProperties actuator,
      ObjectProvider<JwtDecoder> tokens,
      ObjectProvider<SecurityConfigurerAdapter<DefaultSecurityFilterChain, HttpSecurity>> signIns)
      throws Exception {
    JwtDecoder decoder = tokens.getIfAvailable();
    CrossSiteFilter sites =
        new CrossSiteFilter(
            refusals,
            settings,
            address.isLoopback() && !settings.isRequired(),
            actuator.getBasePath());
    http.sessionManagement(it -> it.sessionCreationPolicy(SessionCreationPolicy.STATELESS))
        // The service keeps no sessions. CrossSiteFilter and BrowserSessions refuse what browsers
        // send for pages of other sites.
        .csrf(AbstractHttpConfigurer::disable)
        .formLogin(AbstractHttpConfigurer::disable)
        .httpBasic(AbstractHttpConfigurer::disable)
        .logout(AbstractHttpConfigurer::disable)
        .requestCache(AbstractHttpConfigurer::disable)
        .exceptionHandling(
            it -> it.authenticationEntryPoint(refusals).accessDeniedHandler(refusals))
        .headers(
            it ->
                it.referrerPolicy(policy -> policy.policy(ReferrerPolicy.NO_REFERRER))
                    .crossOriginResourcePolicy(
                        policy -> policy.policy(CrossOriginResourcePolicy.SAME_ORIGIN))
                    .cacheControl(HeadersConfigurer.CacheControlConfig::disable)
                    .addHeaderWriter(notKept())
                    .addHeaderWriter(consolePolicy())
                    .withObjectPostProcessor(HEADERS_FIRST))
        // Before the first filter that answers a request.
        .addFilterBefore(sites, LogoutFilter.class)
        .addFilterAfter(new ActorFilter(), AnonymousAuthenticationFilter.class)
        .authorizeHttpRequests(requests -> AuthorizationRules.apply(requests, settings));
    if (settings.corsOrigins().isEmpty()) {
      http.cors(AbstractHttpConfigurer::disable);
    } else {
      http.cors(it -> it.configurationSource(cors(settings.corsOrigins())));
    }
    if (decoder != null) {
      http.oauth2ResourceServer(
          it ->
              it.authenticationEntryPoint(refusals::refuseToken)
                  .accessDeniedHandler(refusals)
                  .bearerTokenResolver(
                      request -> {
                        Credentials sent = Credentials.of(request);
                        return sent != null && sent.isToken() ? sent.key() : null;
                      })
                  .jwt(
                      jwt -> jwt.decoder(decoder).jwtAuthenticationConverter(converter(settings))));
    }
    for (SecurityConfigurerAdapter<DefaultSecurityFilterChain, HttpSecurity> signIn : signIns) {
      http.with(signIn, Customizer.withDefaults());
    }
    if (settings.isRequired()) {
      http.addFilterBefore(
          new KeyFilter(keys, refusals, decoder != null), AnonymousAuthenticationFilter.class);
      http.addFilterBefore(
          new SessionFilter(sessions, actuator.getBasePath()), AnonymousAuthenticationFilter.class);
    }
    return http.build();
  }

  /** No answer is kept by browsers, except for console files below the name of their version. */
  private static HeaderWriter notKept() {
    return new DelegatingRequestMatcherHeaderWriter(
        new NegatedRequestMatcher(
            PathPatternRequestMatcher.withDefaults().matcher("/console/{version:[0-9a-f]{16}}/**")),
        new CacheControlHeadersWriter());
  }

  private static HeaderWriter consolePolicy() {
    PathPatternRequestMatcher.Builder paths = PathPatternRequestMatcher.withDefaults();
    return new DelegatingRequestMatcherHeaderWriter(
        new OrRequestMatcher(paths.matcher("/"), paths.matcher("/console/**")),
        new ContentSecurityPolicyHeaderWriter(CONSOLE_POLICY));
  }

  @Bean
  RoleHierarchy roles() {
    return Role.hierarchy();
  }

  private static JwtAuthenticationConverter converter(AccessSettings settings) {
    JwtAuthenticationConverter converter = new JwtAuthenticationConverter();
    converter.setJwtGrantedAuthoritiesConverter(settings.tokenRoles());
    return converter;
  }

  private static CorsConfigurationSource cors(List<String> origins) {
    CorsConfiguration allowed = new CorsConfiguration();
    allowed.setAllowedOrigins(origins);
    allowed.setAllowedMethods(List.of("GET", "HEAD", "POST"));
    allowed.setAllowedHeaders(List.of(CorsConfiguration.ALL));
    allowed.setExposedHeaders(
        List.of(HttpHeaders.LOCATION, HttpHeaders.RETRY_AFTER, "X-Request-Id"));
    UrlBasedCorsConfigurationSource source = new UrlBasedCorsConfigurationSource();
    source.registerCorsConfiguration("/**", allowed);
    return source;
  }

  @Bean
  HttpFirewall firewall() {
    return new PlainAddressFirewall();
  }

  @Bean
  RequestRejectedHandler rejectedRequests(Refusals refusals) {
    return (request, response, rejected) ->
        refusals.refuse(request, response, ProblemType.ODD_ADDRESS);
  }
}
