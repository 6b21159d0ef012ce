package org.kintell.backfill.console;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.google.common.base.Throwables;
import java.io.IOException;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;
import org.kintell.backfill.http.security.AccessSettings;
import org.springframework.core.ParameterizedTypeReference;
import org.springframework.http.RequestEntity;
import org.springframework.http.client.ClientHttpRequestFactory;
import org.springframework.http.client.ClientHttpRequestInterceptor;
import org.springframework.http.client.JdkClientHttpRequestFactory;
import org.springframework.http.converter.FormHttpMessageConverter;
import org.springframework.security.authentication.AuthenticationServiceException;
import org.springframework.security.oauth2.client.endpoint.OAuth2AccessTokenResponseClient;
import org.springframework.security.oauth2.client.endpoint.OAuth2AuthorizationCodeGrantRequest;
import org.springframework.security.oauth2.client.endpoint.RestClientAuthorizationCodeTokenResponseClient;
import org.springframework.security.oauth2.client.http.OAuth2ErrorResponseErrorHandler;
import org.springframework.security.oauth2.client.oidc.authentication.OidcIdTokenDecoderFactory;
import org.springframework.security.oauth2.client.oidc.authentication.OidcIdTokenValidator;
import org.springframework.security.oauth2.client.registration.ClientRegistration;
import org.springframework.security.oauth2.client.registration.ClientRegistration.ClientSettings;
import org.springframework.security.oauth2.client.registration.ClientRegistrationRepository;
import org.springframework.security.oauth2.client.registration.ClientRegistrations;
import org.springframework.security.oauth2.core.ClientAuthenticationMethod;
import org.springframework.security.oauth2.core.http.converter.OAuth2AccessTokenResponseHttpMessageConverter;
import org.springframework.security.oauth2.core.oidc.OidcScopes;
import org.springframework.security.oauth2.jose.jws.SignatureAlgorithm;
import org.springframework.security.oauth2.jwt.JwtDecoder;
import org.springframework.security.oauth2.jwt.JwtDecoderFactory;
import org.springframework.security.oauth2.jwt.JwtValidators;
import org.springframework.security.oauth2.jwt.NimbusJwtDecoder;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestTemplate;

/**
 * The console as a client of the issuer. It asks the issuer for its addresses at a sign-in, once a
 * minute at most, so the service also starts without it. A slow issuer can occupy a few threads,
 * each for seconds.
 */
final class IssuerClient
    implements ClientRegistrationRepository, JwtDecoderFactory<ClientRegistration> {

  static final String ID = "oidc";

  private static final String REDIRECT = "{baseUrl}" + IssuerSignIn.CALLBACK;
  private static final String CONFIGURATION = "/.well-known/openid-configuration";
  private static final Duration CONNECT = Duration.ofSeconds(3);
  private static final Duration ANSWER = Duration.ofSeconds(5);
  private static final int CALLS = 16;

  /** So long its addresses are not asked for again. */
  private static final Duration KNOWN = Duration.ofMinutes(1);

  /** The same after it did not give them. */
  private static final Duration FAILED = Duration.ofSeconds(3);

  private final AccessSettings settings;
  private final Semaphore free = new Semaphore(CALLS);
  private final ClientHttpRequestFactory requests = requests();
  private final RestTemplate http = new RestTemplate(requests);
  private final Cache<String, ClientRegistration> known =
      Caffeine.newBuilder().expireAfterWrite(KNOWN).build();
  private final Cache<String, AuthenticationServiceException> failed =
      Caffeine.newBuilder().expireAfterWrite(FAILED).build();

  IssuerClient(AccessSettings settings) {
    this.settings = settings;
    http.setInterceptors(List.of(limit()));
  }

  private static ClientHttpRequestFactory requests() {
    JdkClientHttpRequestFactory requests =
        new JdkClientHttpRequestFactory(HttpClient.newBuilder().connectTimeout(CONNECT).build());
    requests.setReadTimeout(ANSWER);
    return requests;
  }

  private ClientHttpRequestInterceptor limit() {
    return (request, body, execution) -> {
      if (!free.tryAcquire()) {
        throw new IOException("too many sign-ins wait for the issuer");
      }
      try {
        return execution.execute(request, body);
      } catch (IOException e) {
        // The next sign-in says that the issuer is away, instead of sending people there.
        known.invalidateAll();
        throw e;
      } finally {
        free.release();
      }
    };
  }

  /**
   * @throws AuthenticationServiceException if the issuer does not say how to sign in
   */
  @Override
  public ClientRegistration findByRegistrationId(String id) {
    return ID.equals(id) ? discovered() : null;
  }

  /** Several sign-ins may ask at once; none waits for another one's answer. */
  private ClientRegistration discovered() {
    ClientRegistration client = known.getIfPresent(ID);
    if (client != null) {
      return client;
    }
    AuthenticationServiceException failure = failed.getIfPresent(ID);
    if (failure != null) {
      throw new AuthenticationServiceException(failure.getMessage(), failure);
    }
    try {
      ClientRegistration found = discover();
      known.put(ID, found);
      return found;
    } catch (AuthenticationServiceException e) {
      failed.put(ID, e);
      throw e;
    }
  }

  private ClientRegistration discover() {
    String issuer = settings.oidcIssuer();
    try {
      Map<String, Object> configuration =
          http.exchange(
                  RequestEntity.get(issuer.replaceFirst("/$", "") + CONFIGURATION).build(),
                  new ParameterizedTypeReference<Map<String, Object>>() {})
              .getBody();
      ClientRegistration.Builder client =
          ClientRegistrations.fromOidcConfiguration(configuration)
              .registrationId(ID)
              .clientId(settings.oidcClientId())
              .clientSecret(settings.oidcClientSecret().value())
              .scope(OidcScopes.OPENID)
              .redirectUri(REDIRECT)
              .clientSettings(ClientSettings.builder().requireProofKey(true).build());
      if (!settings.oidcClientSecret().isPresent()) {
        client.clientAuthenticationMethod(ClientAuthenticationMethod.NONE);
      }
      // The validator of its tokens compares this one.
      return client.issuerUri(issuer).build();
    } catch (RuntimeException e) {
      throw new AuthenticationServiceException(
          "%s cannot be reached or is no OpenID Connect issuer (%s)"
              .formatted(issuer, Throwables.getRootCause(e).getClass().getSimpleName()),
          new IOException(e));
    }
  }

  /** Exchanges a code for tokens. */
  OAuth2AccessTokenResponseClient<OAuth2AuthorizationCodeGrantRequest> tokens() {
    RestClientAuthorizationCodeTokenResponseClient tokens =
        new RestClientAuthorizationCodeTokenResponseClient();
    tokens.setRestClient(
        RestClient.builder()
            .requestFactory(requests)
            .requestInterceptor(limit())
            .messageConverters(
                known -> {
                  known.clear();
                  known.add(new FormHttpMessageConverter());
                  known.add(new OAuth2AccessTokenResponseHttpMessageConverter());
                })
            .defaultStatusHandler(new OAuth2ErrorResponseErrorHandler())
            .build());
    return tokens;
  }

  @Override
  public JwtDecoder createDecoder(ClientRegistration issuer) {
    NimbusJwtDecoder decoder =
        NimbusJwtDecoder.withJwkSetUri(issuer.getProviderDetails().getJwkSetUri())
            .restOperations(http)
            .jwsAlgorithms(any -> any.addAll(List.of(SignatureAlgorithm.values())))
            .build();
    decoder.setJwtValidator(
        JwtValidators.createDefaultWithValidators(List.of(new OidcIdTokenValidator(issuer))));
    decoder.setClaimSetConverter(OidcIdTokenDecoderFactory.createDefaultClaimTypeConverter());
    return decoder;
  }
}
