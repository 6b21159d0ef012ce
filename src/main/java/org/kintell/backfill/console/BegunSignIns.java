package org.kintell.backfill.console;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.kintell.backfill.http.SignedCookies;
import org.kintell.backfill.http.security.BrowserSessions;
import org.springframework.http.HttpHeaders;
import org.springframework.security.oauth2.client.web.AuthorizationRequestRepository;
import org.springframework.security.oauth2.core.endpoint.OAuth2AuthorizationRequest;
import org.springframework.security.oauth2.core.endpoint.OAuth2ParameterNames;
import org.springframework.security.oauth2.core.endpoint.PkceParameterNames;
import org.springframework.security.oauth2.core.oidc.OidcScopes;
import org.springframework.security.oauth2.core.oidc.endpoint.OidcParameterNames;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.oauth2.jwt.JwtClaimsSet;

/**
 * Keeps what a sign-in at the issuer began with (state, nonce, PKCE verifier) in a cookie of the
 * browser, until the issuer sends the browser back.
 */
final class BegunSignIns implements AuthorizationRequestRepository<OAuth2AuthorizationRequest> {

  private static final Duration LONGEST = Duration.ofMinutes(10);
  private static final String CLIENT_ID = OAuth2ParameterNames.CLIENT_ID;
  private static final String REDIRECT_URI = OAuth2ParameterNames.REDIRECT_URI;
  private static final String STATE = OAuth2ParameterNames.STATE;
  private static final String NONCE = OidcParameterNames.NONCE;
  private static final String VERIFIER = PkceParameterNames.CODE_VERIFIER;
  private static final String ISSUER_URI = "authorization_uri";

  private final BrowserSessions sessions;
  private final SignedCookies cookies;

  BegunSignIns(BrowserSessions sessions, SignedCookies cookies) {
    this.sessions = sessions;
    this.cookies = cookies;
  }

  @Override
  public void saveAuthorizationRequest(
      OAuth2AuthorizationRequest begun, HttpServletRequest request, HttpServletResponse response) {
    sessions.requireSafe(request);
    JwtClaimsSet.Builder claims =
        JwtClaimsSet.builder()
            .claim(ISSUER_URI, begun.getAuthorizationUri())
            .claim(CLIENT_ID, begun.getClientId())
            .claim(REDIRECT_URI, begun.getRedirectUri())
            .claim(STATE, begun.getState())
            .claim(NONCE, begun.getAttribute(NONCE))
            .claim(VERIFIER, begun.getAttribute(VERIFIER))
            .expiresAt(Instant.now().plus(LONGEST));
    response.addHeader(
        HttpHeaders.SET_COOKIE,
        cookies.write(SignedCookies.Kind.SIGN_IN, claims, request).toString());
  }

  @Override
  public OAuth2AuthorizationRequest loadAuthorizationRequest(HttpServletRequest request) {
    return cookies.read(SignedCookies.Kind.SIGN_IN, request).map(BegunSignIns::read).orElse(null);
  }

  private static OAuth2AuthorizationRequest read(Jwt claims) {
    return OAuth2AuthorizationRequest.authorizationCode()
        .authorizationUri(claims.getClaimAsString(ISSUER_URI))
        .clientId(claims.getClaimAsString(CLIENT_ID))
        .redirectUri(claims.getClaimAsString(REDIRECT_URI))
        .scope(OidcScopes.OPENID)
        .state(claims.getClaimAsString(STATE))
        .attributes(
            Map.of(
                OAuth2ParameterNames.REGISTRATION_ID,
                IssuerClient.ID,
                NONCE,
                claims.getClaimAsString(NONCE),
                VERIFIER,
                claims.getClaimAsString(VERIFIER)))
        .build();
  }

  @Override
  public OAuth2AuthorizationRequest removeAuthorizationRequest(
      HttpServletRequest request, HttpServletResponse response) {
    response.addHeader(
        HttpHeaders.SET_COOKIE, cookies.remove(SignedCookies.Kind.SIGN_IN, request).toString());
    return loadAuthorizationRequest(request);
  }
}
