package org.kintell.backfill.http.security;

import jakarta.servlet.http.HttpServletRequest;
import java.util.regex.Pattern;
import org.springframework.security.web.firewall.FirewalledRequest;
import org.springframework.security.web.firewall.RequestRejectedException;
import org.springframework.security.web.firewall.StrictHttpFirewall;

/**
 * Admits an address only in its one plain form, so that rules, filters and servlets all see the
 * same one.
 */
final class PlainAddressFirewall extends StrictHttpFirewall {

  /**
   * The unambiguous part of RFC 3986: no parameters ({@code ;}), no empty segments, no segments
   * {@code .} and {@code ..}, and no percent-encoded letters, digits, {@code - . _ ~ / \ ; %} or
   * control characters. Possessive, because Java's matcher would otherwise call itself for each
   * character, and a long address would overflow its stack.
   */
  private static final Pattern PLAIN =
      Pattern.compile(
          "(?:/(?!\\.{1,2}(?:/|$))(?:[A-Za-z0-9._~!$&'()*+,=:@-]"
              + "|%(?![01]|2[DEFdef5]|3[0-9Bb]|4[1-9A-Fa-f]|5[0-9AaCcFf]|6[1-9A-Fa-f]|7[0-9AaEeFf])"
              + "[0-9A-Fa-f]{2})++)*+/?");

  PlainAddressFirewall() {
    // AuthorizationRules include the method. An unlisted one requires admin, and the answer is 405
    // with the allowed methods.
    setUnsafeAllowAnyHttpMethod(true);
    // Headers do not affect the address; clients send names of files and people in them.
    setAllowedHeaderValues(value -> true);
    // The firewall would refuse a name only when a controller reads it, and the answer would be
    // 500. Unknown names are ignored.
    setAllowedParameterNames(name -> true);
  }

  /** Whether a path, as sent, has its plain form. */
  static boolean isPlain(String path) {
    return PLAIN.matcher(path).matches();
  }

  @Override
  public FirewalledRequest getFirewalledRequest(HttpServletRequest request) {
    if (!isPlain(request.getRequestURI())) {
      throw new RequestRejectedException("The address is not written plainly");
    }
    return super.getFirewalledRequest(request);
  }
}
