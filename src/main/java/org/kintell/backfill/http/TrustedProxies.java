package org.kintell.backfill.http;

import com.google.common.net.InetAddresses;
import jakarta.servlet.ServletException;
import java.io.IOException;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ValveBase;
import org.springframework.boot.web.embedded.tomcat.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.stereotype.Component;

/**
 * Takes the caller's address and scheme from the headers of a trusted reverse proxy. Tomcat's own
 * valve knows no networks and accepts any text as an address, which would end up in the log.
 */
@Component
class TrustedProxies implements WebServerFactoryCustomizer<TomcatServletWebServerFactory> {

  /** Tomcat's guess where Host names no port, before it knows the scheme. */
  private static final int HTTP = 80;

  private static final int HTTPS = 443;

  private final ProxySettings settings;

  TrustedProxies(ProxySettings settings) {
    this.settings = settings;
  }

  @Override
  public void customize(TomcatServletWebServerFactory factory) {
    if (!settings.trustedProxies().isEmpty()) {
      factory.addEngineValves(new ForwardedAddressValve());
    }
  }

  /**
   * The last address that is not a trusted proxy's. Each proxy appends the address of its client;
   * anything before the last untrusted address may be forged.
   */
  private String caller(String peer, List<String> forwarded) {
    String caller = peer;
    for (int i = forwarded.size() - 1; i >= 0 && settings.isTrusted(caller); i--) {
      if (!InetAddresses.isInetAddress(forwarded.get(i))) {
        return caller;
      }
      caller = forwarded.get(i);
    }
    return caller;
  }

  private final class ForwardedAddressValve extends ValveBase {

    ForwardedAddressValve() {
      super(true);
    }

    @Override
    public void invoke(Request request, Response response) throws IOException, ServletException {
      String peer = request.getRemoteAddr();
      if (settings.isTrusted(peer)) {
        String caller = caller(peer, forwarded(request));
        request.setRemoteAddr(caller);
        request.setRemoteHost(caller);
        if ("https".equalsIgnoreCase(request.getHeader("X-Forwarded-Proto"))) {
          request.setSecure(true);
          request.getCoyoteRequest().scheme().setString("https");
          if (request.getServerPort() == HTTP) {
            request.setServerPort(HTTPS);
          }
        }
      }
      getNext().invoke(request, response);
    }

    private static List<String> forwarded(Request request) {
      String all =
          Collections.list(request.getHeaders("X-Forwarded-For")).stream()
              .collect(Collectors.joining(","));
      // A pattern with white space around the comma would read a long run of it again and again.
      return all.isEmpty()
          ? List.of()
          : Arrays.stream(all.strip().split(",")).map(String::strip).toList();
    }
  }
}
