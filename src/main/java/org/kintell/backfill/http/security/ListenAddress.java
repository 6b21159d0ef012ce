package org.kintell.backfill.http.security;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.Objects;
import org.kintell.backfill.config.SettingCheck;
import org.kintell.backfill.config.WrongSettingException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.actuate.autoconfigure.web.server.ManagementServerProperties;
import org.springframework.boot.autoconfigure.web.ServerProperties;
import org.springframework.stereotype.Component;

/**
 * Checks the listen addresses. Because every caller can import into its database, the service
 * listens beyond this machine only with authentication, or if BACKFILL_INSECURE waives it.
 */
@Component
class ListenAddress implements SettingCheck {

  private static final Logger LOG = LoggerFactory.getLogger(ListenAddress.class);

  private final boolean loopback;

  ListenAddress(
      ServerProperties server, ManagementServerProperties management, AccessSettings access) {
    requirePort("SERVER_PORT", server.getPort(), 0);
    require("SERVER_ADDRESS", server.getAddress(), access);
    if (management.getPort() != null) {
      requirePort("MANAGEMENT_SERVER_PORT", management.getPort(), -1);
    }
    if (management.getAddress() != null) {
      require("MANAGEMENT_SERVER_ADDRESS", management.getAddress(), access);
    }
    loopback =
        server.getAddress().isLoopbackAddress()
            && (management.getAddress() == null || management.getAddress().isLoopbackAddress());
    if (!loopback && !access.isRequired()) {
      InetAddress open =
          server.getAddress().isLoopbackAddress() ? management.getAddress() : server.getAddress();
      LOG.warn(
          "INSECURE: listening on {} without authentication (BACKFILL_INSECURE=true, no API keys)",
          open.getHostAddress());
    }
  }

  private static void requirePort(String variable, Integer port, int least) {
    if (port == null || port < least || port > 65_535) {
      throw new WrongSettingException(
          variable, Objects.toString(port, ""), WrongSettingException.PORT);
    }
  }

  private static void require(String variable, InetAddress address, AccessSettings access) {
    if (address == null) {
      throw new WrongSettingException(variable, "", "an address of this machine");
    }
    if (!address.isLoopbackAddress() && !access.isRequired() && !access.insecure()) {
      throw new WrongSettingException(
          variable,
          address.getHostAddress(),
          "a loopback address such as 127.0.0.1; any other needs BACKFILL_API_KEYS or"
              + " BACKFILL_OIDC_ISSUER, or BACKFILL_INSECURE=true to listen without authentication");
    }
    try (ServerSocket any = new ServerSocket(0, 1, address)) {
      LOG.debug("{} can be listened on: {}", variable, any);
    } catch (IOException e) {
      throw new WrongSettingException(
          variable, address.getHostAddress(), "an address of this machine");
    }
  }

  /** Whether only this machine can reach the service. */
  boolean isLoopback() {
    return loopback;
  }
}
