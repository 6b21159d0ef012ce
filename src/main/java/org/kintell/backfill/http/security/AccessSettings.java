package org.kintell.backfill.http.security;

import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.kintell.backfill.config.Between;
import org.kintell.backfill.config.Secret;
import org.kintell.backfill.config.WrongSettingException;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.security.oauth2.server.resource.authentication.JwtGrantedAuthoritiesConverter;
import org.springframework.validation.annotation.Validated;

/**
 * Settings of authentication and access.
 *
 * @param apiKeys entries of the form in {@link ApiKey}, separated by commas or line breaks
 * @param oidcIssuer the issuer of accepted tokens; empty for none
 * @param oidcAudience the audience of accepted tokens
 * @param oidcRolesClaim the claim that lists a token's roles
 * @param oidcClientId the issuer's name for the console, where people sign in; empty for keys only
 * @param oidcClientSecret the console's secret at the issuer; absent for a public client
 * @param insecure whether the service may listen beyond this machine without authentication
 * @param openHealth whether health needs no key
 * @param failedTries wrong keys checked for one address in a minute
 * @param corsOrigins other origins whose web pages may use the service
 * @param hosts accepted names in the Host header; empty for the default
 */
@Validated
@ConfigurationProperties("backfill.access")
public record AccessSettings(
    @NotNull Secret apiKeys,
    @NotNull
        @Pattern(
            regexp = "|" + AccessSettings.ISSUER,
            message = "an address such as https://issuer.example")
        String oidcIssuer,
    @NotNull String oidcAudience,
    @NotBlank(message = "the name of a claim") String oidcRolesClaim,
    @NotNull String oidcClientId,
    @NotNull Secret oidcClientSecret,
    boolean insecure,
    boolean openHealth,
    @Between(from = "1", to = "10000") int failedTries,
    @NotNull
        List<
                @Pattern(
                    regexp = "[a-z][a-z0-9+.-]*://[^/\\sA-Z]+",
                    message = "origins such as https://pages.example, separated by commas")
                String>
            corsOrigins,
    @NotNull
        List<
                @Pattern(
                    regexp = "[^/:\\s]+|\\[[0-9A-Fa-f:.]+]",
                    message = "host names without port, separated by commas")
                String>
            hosts) {

  private static final String ISSUER = "https?://[^/\\s]\\S*";
  private static final String CLIENT_ID = "BACKFILL_OIDC_CLIENT_ID";

  /** Checks combinations of two values, which the constraints cannot do. */
  public AccessSettings {
    if (oidcIssuer != null && oidcIssuer.matches(ISSUER) && oidcAudience.isBlank()) {
      // An issuer creates tokens for many applications; without an audience, the service would
      // accept all of them.
      throw new WrongSettingException(
          "BACKFILL_OIDC_AUDIENCE",
          oidcAudience,
          "the audience (aud) of the tokens that BACKFILL_OIDC_ISSUER makes for this service");
    }
    if (!oidcClientId.isBlank() && oidcIssuer.isBlank()) {
      throw new WrongSettingException(
          CLIENT_ID, oidcClientId, "no value without BACKFILL_OIDC_ISSUER, which knows the client");
    }
    if (oidcClientSecret.isPresent() && oidcClientId.isBlank()) {
      throw new WrongSettingException(
          "BACKFILL_OIDC_CLIENT_SECRET",
          oidcClientSecret.toString(),
          "no value without " + CLIENT_ID + ", the client that it belongs to");
    }
  }

  /** Whether callers must authenticate. */
  public boolean isRequired() {
    return apiKeys.isPresent() || !oidcIssuer.isBlank();
  }

  /** Whether people can sign in at the issuer. */
  public boolean hasSignIn() {
    return !oidcClientId.isBlank();
  }

  /** Reads the roles that a token lists. */
  public JwtGrantedAuthoritiesConverter tokenRoles() {
    JwtGrantedAuthoritiesConverter roles = new JwtGrantedAuthoritiesConverter();
    roles.setAuthoritiesClaimName(oidcRolesClaim);
    roles.setAuthorityPrefix(Role.PREFIX);
    return roles;
  }

  /** The ways to authenticate, for a log line. */
  public String describe() {
    List<String> ways = new ArrayList<>();
    if (apiKeys.isPresent()) {
      ways.add("an API key (%d known)".formatted(keys().size()));
    }
    if (!oidcIssuer.isBlank()) {
      ways.add("a token of " + oidcIssuer);
    }
    return String.join(" or ", ways);
  }

  /**
   * Parses the keys.
   *
   * @throws WrongSettingException if an entry is invalid; the message holds no hash
   */
  List<ApiKey> keys() {
    List<ApiKey> keys = new ArrayList<>();
    Set<String> names = new HashSet<>();
    Arrays.stream(apiKeys.value().split("[,\\r\\n]"))
        .map(String::strip)
        .filter(entry -> !entry.isEmpty() && !entry.startsWith("#"))
        .forEach(entry -> keys.add(parse(entry, names)));
    if (keys.isEmpty() && apiKeys.isPresent()) {
      throw new WrongSettingException("BACKFILL_API_KEYS", "(no entry)", ApiKey.FORM);
    }
    return keys;
  }

  private static ApiKey parse(String entry, Set<String> names) {
    try {
      ApiKey key = ApiKey.parse(entry);
      if (!names.add(key.name())) {
        throw new IllegalArgumentException("the name twice: " + key.name());
      }
      return key;
    } catch (IllegalArgumentException e) {
      throw new WrongSettingException("BACKFILL_API_KEYS", "(" + e.getMessage() + ")", ApiKey.FORM);
    }
  }

  /** Without the keys' hashes. */
  @Override
  public String toString() {
    return "AccessSettings[required=" + isRequired() + "]";
  }
}
