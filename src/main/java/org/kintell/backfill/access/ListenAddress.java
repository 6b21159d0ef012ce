package org.kintell.backfill.access;

import java.net.InetAddress;
import org.kintell.backfill.WrongSettingException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;

/**
 * Whoever reaches this service can import into its database. So it listens beyond this machine only
 * where callers must say who they are, or where that was waived knowingly.
 */
@Component
class ListenAddress {

  private static final Logger LOG = LoggerFactory.getLogger(ListenAddress.class);

  private final boolean loopback;

  ListenAddress(
      @Value("${server.address}") InetAddress address,
      @Value("${management.server.address:${server.address}}") InetAddress management,
      @Value("${backfill.insecure}") boolean insecure,
      AccessSettings access) {
    loopback = address.isLoopbackAddress() && management.isLoopbackAddress();
    if (loopback || access.isRequired()) {
      return;
    }
    boolean main = !address.isLoopbackAddress();
    if (!insecure) {
      throw new WrongSettingException(
          main ? "SERVER_ADDRESS" : "MANAGEMENT_SERVER_ADDRESS",
          (main ? address : management).getHostAddress(),
          "an address of this machine only, such as 127.0.0.1; anything else needs BACKFILL_API_KEYS"
              + " or BACKFILL_OIDC_ISSUER, or else BACKFILL_INSECURE=true, because nobody is asked"
              + " for a key");
    }
    LOG.warn("Open to whoever reaches it: BACKFILL_INSECURE is true, and no API keys are set");
  }

  /** Whether only this machine can reach the service. */
  boolean isLoopback() {
    return loopback;
  }
}
