package org.kintell.backfill.http.security;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import org.kintell.backfill.config.SettingCheck;
import org.kintell.backfill.config.WrongSettingException;
import org.kintell.backfill.http.ManagementSettings;
import org.kintell.backfill.http.ServerSettings;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Whoever reaches this service can import into its database. So it listens beyond this machine only
 * where callers must say who they are, or where that was waived knowingly.
 */
@Component
class ListenAddress implements SettingCheck {

  private static final Logger LOG = LoggerFactory.getLogger(ListenAddress.class);

  private final boolean loopback;

  ListenAddress(ServerSettings server, ManagementSettings management, AccessSettings access) {
    require("SERVER_ADDRESS", server.address(), access);
    if (management.address() != null) {
      require("MANAGEMENT_SERVER_ADDRESS", management.address(), access);
    }
    loopback =
        server.address().isLoopbackAddress()
            && (management.address() == null || management.address().isLoopbackAddress());
    if (!loopback && !access.isRequired()) {
      LOG.warn("Open to whoever reaches it: BACKFILL_INSECURE is true, and no API keys are set");
    }
  }

  private static void require(String variable, InetAddress address, AccessSettings access) {
    if (!address.isLoopbackAddress() && !access.isRequired() && !access.insecure()) {
      throw new WrongSettingException(
          variable,
          address.getHostAddress(),
          "an address of this machine only, such as 127.0.0.1; anything else needs BACKFILL_API_KEYS"
              + " or BACKFILL_OIDC_ISSUER, or else BACKFILL_INSECURE=true, because nobody is asked"
              + " for a key");
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
