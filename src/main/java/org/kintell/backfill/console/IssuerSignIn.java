package org.kintell.backfill.console;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.Map;
import org.kintell.backfill.http.SignedCookies;
import org.kintell.backfill.http.security.AccessSettings;
import org.kintell.backfill.http.security.BrowserSessions;
import org.springframework.security.config.ObjectPostProcessor;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.core.Authentication;
import org.springframework.security.oauth2.client.OAuth2AuthorizedClient;
import org.springframework.security.oauth2.client.oidc.authentication.OidcAuthorizationCodeAuthenticationProvider;
import org.springframework.security.oauth2.client.oidc.userinfo.OidcUserRequest;
import org.springframework.security.oauth2.client.web.OAuth2AuthorizationRequestRedirectFilter;
import org.springframework.security.oauth2.client.web.OAuth2AuthorizedClientRepository;
import org.springframework.security.oauth2.core.oidc.OidcIdToken;
import org.springframework.security.oauth2.core.oidc.user.DefaultOidcUser;
import org.springframework.security.oauth2.core.oidc.user.OidcUser;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.stereotype.Component;

/**
 * Signs people in at the OpenID Connect issuer: authorization code flow with PKCE, state and nonce.
 * The ID token names the role of the session; no token is kept.
 */
@Component
class IssuerSignIn extends AbstractHttpConfigurer<IssuerSignIn, HttpSecurity> {

  private static final String START = "/console/sign-in";

  /** The address that the issuer must know. */
  static final String CALLBACK = START + "/" + IssuerClient.ID + "/callback";

  private final AccessSettings settings;
  private final BrowserSessions sessions;
  private final SignedCookies cookies;

  IssuerSignIn(AccessSettings settings, BrowserSessions sessions, SignedCookies cookies) {
    this.settings = settings;
    this.sessions = sessions;
    this.cookies = cookies;
  }

  @Override
  public void init(HttpSecurity http) throws Exception {
    if (!settings.hasSignIn()) {
      return;
    }
    IssuerClient issuer = new IssuerClient(settings);
    SignInEnd end = new SignInEnd(sessions);
    http.oauth2Login(
        it ->
            it.clientRegistrationRepository(issuer)
                .authorizedClientRepository(new NoTokens())
                .loginPage(SignInEnd.CONSOLE)
                .loginProcessingUrl(CALLBACK)
                .authorizationEndpoint(
                    start ->
                        start
                            .baseUri(START)
                            .authorizationRequestRepository(new BegunSignIns(sessions, cookies)))
                .tokenEndpoint(code -> code.accessTokenResponseClient(issuer.tokens()))
                .userInfoEndpoint(person -> person.oidcUserService(this::person))
                .successHandler(end)
                .failureHandler(end)
                .withObjectPostProcessor(
                    new ObjectPostProcessor<OAuth2AuthorizationRequestRedirectFilter>() {
                      @Override
                      public <O extends OAuth2AuthorizationRequestRedirectFilter> O postProcess(
                          O filter) {
                        filter.setAuthenticationFailureHandler(end);
                        return filter;
                      }
                    })
                .withObjectPostProcessor(
                    new ObjectPostProcessor<OidcAuthorizationCodeAuthenticationProvider>() {
                      @Override
                      public <O extends OidcAuthorizationCodeAuthenticationProvider> O postProcess(
                          O provider) {
                        provider.setJwtDecoderFactory(issuer);
                        return provider;
                      }
                    }));
  }

  /** The ID token says it all. The issuer is not asked again. */
  private OidcUser person(OidcUserRequest request) {
    OidcIdToken token = request.getIdToken();
    Jwt claims =
        new Jwt(
            token.getTokenValue(),
            token.getIssuedAt(),
            token.getExpiresAt(),
            Map.of("typ", "JWT"),
            token.getClaims());
    return new DefaultOidcUser(settings.tokenRoles().convert(claims), token);
  }

  /** Keeps none of the issuer's tokens. */
  private static final class NoTokens implements OAuth2AuthorizedClientRepository {

    @Override
    public <T extends OAuth2AuthorizedClient> T loadAuthorizedClient(
        String id, Authentication person, HttpServletRequest request) {
      return null;
    }

    @Override
    public void saveAuthorizedClient(
        OAuth2AuthorizedClient client,
        Authentication person,
        HttpServletRequest request,
        HttpServletResponse response) {
      // The session's cookie says all that is needed.
    }

    @Override
    public void removeAuthorizedClient(
        String id,
        Authentication person,
        HttpServletRequest request,
        HttpServletResponse response) {
      // There is none.
    }
  }
}
