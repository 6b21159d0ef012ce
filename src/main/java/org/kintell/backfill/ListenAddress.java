package org.kintell.backfill;

import java.net.InetAddress;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;

/**
 * Whoever reaches this service can import into its database. So it listens beyond this machine only
 * where that was asked for knowingly.
 */
@Component
class ListenAddress {

  ListenAddress(
      @Value("${server.address}") InetAddress address,
      @Value("${backfill.insecure}") boolean insecure) {
    if (!address.isLoopbackAddress() && !insecure) {
      throw new WrongSettingException(
          "SERVER_ADDRESS",
          address.getHostAddress(),
          "an address of this machine only, such as 127.0.0.1; anything else needs"
              + " BACKFILL_INSECURE=true, because nobody is asked for a password");
    }
  }
}
