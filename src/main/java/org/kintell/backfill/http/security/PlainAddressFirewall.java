package org.kintell.backfill.http.security;

import jakarta.servlet.http.HttpServletRequest;
import java.util.regex.Pattern;
import org.springframework.security.web.firewall.FirewalledRequest;
import org.springframework.security.web.firewall.RequestRejectedException;
import org.springframework.security.web.firewall.StrictHttpFirewall;

/**
 * Lets in only addresses that are written in their one plain form. Whatever decides by the address
 * (rules, filters, servlets) then decides by the same one.
 */
final class PlainAddressFirewall extends StrictHttpFirewall {

  /**
   * Of RFC 3986 what has one meaning: no parameters ({@code ;}), no empty segments, no segments
   * {@code .} and {@code ..}, and percent-encoded only what cannot stand for itself, so neither
   * letters, digits, {@code - . _ ~} nor {@code / \ ; %} and control characters.
   */
  private static final Pattern PLAIN =
      Pattern.compile(
          "(?:/(?!\\.{1,2}(?:/|$))(?:[A-Za-z0-9._~!$&'()*+,=:@-]"
              + "|%(?![01]|2[DEFdef5]|3[0-9Bb]|4[1-9A-Fa-f]|5[0-9AaCcFf]|6[1-9A-Fa-f]|7[0-9AaEeFf])"
              + "[0-9A-Fa-f]{2})+)*/?");

  PlainAddressFirewall() {
    // The method takes part in the rules; what none of them names needs the highest role, and is
    // answered with 405 and the methods that there are.
    setUnsafeAllowAnyHttpMethod(true);
    // A header decides nothing about the address; clients send names of files and people in them.
    setAllowedHeaderValues(value -> true);
    // The names of parameters, and of form fields, would be refused only when a route reads them,
    // which ends as an error of the service. Names that mean nothing are ignored.
    setAllowedParameterNames(name -> true);
  }

  /** Whether a path, as it was sent, is written in its plain form. */
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
