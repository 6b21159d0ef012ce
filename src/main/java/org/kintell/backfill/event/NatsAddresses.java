package org.kintell.backfill.event;

import io.nats.client.support.NatsUri;
import java.net.URISyntaxException;
import java.util.Arrays;
import java.util.regex.Pattern;
import org.kintell.backfill.config.WrongSettingException;

/** The server addresses in {@code NATS_URL}. */
final class NatsAddresses {

  private static final String FORM =
      "nats://host:port or tls://host:port, several separated by commas; none to disable NATS";

  private static final Pattern ADDRESS =
      Pattern.compile("\\s*(?:[a-z]+://(?:[^@,/]*@)?)?[^@,/]*\\s*");

  private static final Pattern SHOWN =
      Pattern.compile("%1$s(?:,%1$s)*".formatted(ADDRESS.pattern()));

  private static final int LARGEST_PORT = 65_535;

  /** Disables NATS. */
  static final String NONE = "none";

  private NatsAddresses() {}

  /** Splits the list; throws a {@link WrongSettingException} for an invalid address. */
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

  /** Stricter than the client, which reports some faults only when it connects. */
  private static boolean isAddress(String text) {
    try {
      NatsUri address = new NatsUri(text);
      return ADDRESS.matcher(text).matches()
          && text.contains("://")
          && address.getPort() > 0
          && address.getPort() <= LARGEST_PORT;
    } catch (URISyntaxException e) {
      // Not the cause of another exception: its message may contain a password.
      return false;
    }
  }

  /** The list without passwords; {@code ***} when a comma may be part of a password. */
  static String withoutSecrets(String list) {
    return SHOWN.matcher(list).matches() ? list.replaceAll("//[^,]*@", "//***@") : "***";
  }
}
