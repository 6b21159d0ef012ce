package org.kintell.backfill.http;

import com.google.common.net.InetAddresses;
import jakarta.servlet.ServletException;
import java.io.IOException;
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
 * Takes the caller's address and scheme from the headers of a reverse proxy, if the request came
 * from a trusted one. Tomcat's own valve for this knows no networks, and takes any text for an
 * address, which would then stand in the log.
 */
@Component
class TrustedProxies implements WebServerFactoryCustomizer<TomcatServletWebServerFactory> {

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
   * The nearest address that is no trusted proxy's. Each proxy adds, at the end, the address that
   * it saw; what stands before the first one that is not trusted may be made up.
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
        }
      }
      getNext().invoke(request, response);
    }

    private static List<String> forwarded(Request request) {
      String all =
          Collections.list(request.getHeaders("X-Forwarded-For")).stream()
              .collect(Collectors.joining(","));
      return all.isEmpty() ? List.of() : List.of(all.strip().split("\\s*,\\s*"));
    }
  }
}
