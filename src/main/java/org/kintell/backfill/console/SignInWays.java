package org.kintell.backfill.console;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.kintell.backfill.http.security.AccessSettings;
import org.springframework.web.util.UriComponentsBuilder;

/**
 * How people can sign in to the console.
 *
 * @param key whether the service knows keys
 * @param issuer the host of the issuer where they can sign in; absent if there is none
 * @param rolesClaim the claim of the issuer's tokens that lists roles; absent without an issuer
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record SignInWays(boolean key, String issuer, String rolesClaim) {

  static SignInWays of(AccessSettings settings) {
    boolean key = settings.apiKeys().isPresent();
    return settings.hasSignIn()
        ? new SignInWays(
            key,
            UriComponentsBuilder.fromUriString(settings.oidcIssuer()).build().getHost(),
            settings.oidcRolesClaim())
        : new SignInWays(key, null, null);
  }
}
