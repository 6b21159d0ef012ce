package org.kintell.backfill.http.security;

import jakarta.servlet.http.HttpServletRequest;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.springframework.http.HttpHeaders;

/**
 * A caller's credentials.
 *
 * @param name the holder's name; null where only the key is sent
 * @param key the key, or a token
 */
record Credentials(String name, String key) {

  private static final String API_KEY = "X-API-Key";
  private static final String BEARER = "Bearer ";
  private static final String BASIC = "Basic ";

  /** The credentials in a request, or null. */
  static Credentials of(HttpServletRequest request) {
    String key = request.getHeader(API_KEY);
    if (key != null) {
      return new Credentials(null, key.strip());
    }
    String header = request.getHeader(HttpHeaders.AUTHORIZATION);
    if (header == null) {
      return null;
    }
    if (header.regionMatches(true, 0, BEARER, 0, BEARER.length())) {
      return new Credentials(null, header.substring(BEARER.length()).strip());
    }
    if (header.regionMatches(true, 0, BASIC, 0, BASIC.length())) {
      return basic(header.substring(BASIC.length()).strip());
    }
    return new Credentials(null, "");
  }

  private static Credentials basic(String encoded) {
    try {
      String decoded = new String(Base64.getDecoder().decode(encoded), StandardCharsets.UTF_8);
      int colon = decoded.indexOf(':');
      return colon < 0
          ? new Credentials(null, "")
          : new Credentials(decoded.substring(0, colon), decoded.substring(colon + 1));
    } catch (IllegalArgumentException e) {
      return new Credentials(null, "");
    }
  }

  /** Whether the key has the three parts of a signed token. */
  boolean isToken() {
    return name == null && key.chars().filter(c -> c == '.').count() == 2;
  }

  @Override
  public String toString() {
    return "Credentials";
  }
}
