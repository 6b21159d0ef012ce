package org.kintell.backfill.http;

import java.util.List;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;

/** Whether a client asks for a page, as browsers do, and not for JSON, as programs do. */
public final class HtmlPreference {

  private HtmlPreference() {}

  /**
   * Whether a request asks for a page. Browsers name {@code text/html}; programs accept everything
   * or name nothing.
   *
   * @param accept the header's values; may be empty
   */
  public static boolean isIn(List<String> accept) {
    return accept.stream().anyMatch(value -> value.contains(MediaType.TEXT_HTML_VALUE));
  }

  /** The same for the headers of a request. */
  public static boolean isIn(HttpHeaders headers) {
    return isIn(headers.getOrEmpty(HttpHeaders.ACCEPT));
  }
}
