package org.kintell.backfill.event;

import io.nats.client.support.NatsUri;
import java.net.URISyntaxException;
import java.util.Arrays;
import java.util.regex.Pattern;
import org.kintell.backfill.config.WrongSettingException;

/** The addresses of NATS servers, as {@code NATS_URL} names them. */
final class NatsAddresses {

  private static final String FORM =
      "nats://host:port or tls://host:port, several separated by commas; none where there is no NATS on purpose";

  private static final Pattern ADDRESS =
      Pattern.compile("\\s*(?:[a-z]+://(?:[^@,/]*@)?)?[^@,/]*\\s*");

  private static final Pattern SHOWN =
      Pattern.compile("%1$s(?:,%1$s)*".formatted(ADDRESS.pattern()));

  private static final int LARGEST_PORT = 65_535;

  /** Instead of an address: there is no server, and nobody waits for one. */
  static final String NONE = "none";

  private NatsAddresses() {}

  /**
   * Takes the list apart.
   *
   * @throws WrongSettingException when one of them is none, without user and password
   */
  static String[] parse(String list) {
    String[] addresses =
        Arrays.stream(list.split(",", -1)).map(String::strip).toArray(String[]::new);
    for (String address : addresses) {
      if (!isAddress(address)) {
        throw new WrongSettingException("NATS_URL", withoutSecrets(list), FORM);
      }
    }
    return addresses;
  }

  /** By the client's own understanding, but for what it puts up with until it connects. */
  private static boolean isAddress(String text) {
    try {
      NatsUri address = new NatsUri(text);
      return ADDRESS.matcher(text).matches()
          && text.contains("://")
          && address.getPort() > 0
          && address.getPort() <= LARGEST_PORT;
    } catch (URISyntaxException e) {
      // The exception repeats the address, and with it a password.
      return false;
    }
  }

  /** Fit for a log. Where a comma may be part of a password, nothing is shown. */
  static String withoutSecrets(String list) {
    return SHOWN.matcher(list).matches() ? list.replaceAll("//[^,]*@", "//***@") : "***";
  }
}
