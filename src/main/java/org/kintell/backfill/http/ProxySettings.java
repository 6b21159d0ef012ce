package org.kintell.backfill.http;

import com.google.common.net.InetAddresses;
import jakarta.validation.constraints.NotNull;
import java.net.InetAddress;
import java.util.List;
import org.apache.catalina.util.NetMask;
import org.kintell.backfill.config.WrongSettingException;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.validation.annotation.Validated;

/**
 * The reverse proxies in front of the service.
 *
 * @param trustedProxies their addresses, or networks as {@code 10.1.0.0/16}; empty for none
 */
@Validated
@ConfigurationProperties("backfill.access")
record ProxySettings(@NotNull List<String> trustedProxies) {

  ProxySettings {
    for (String proxy : trustedProxies) {
      if (!isNetwork(proxy)) {
        throw new WrongSettingException(
            "BACKFILL_TRUSTED_PROXIES",
            String.join(",", trustedProxies),
            "addresses or networks such as 10.0.0.7, 10.1.0.0/16 or fd00::/8, separated by commas");
      }
    }
  }

  /** Host names are invalid, because their addresses may change. */
  private static boolean isNetwork(String text) {
    try {
      return InetAddresses.isInetAddress(text.replaceFirst("/.*", "")) && new NetMask(text) != null;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  /** Whether an address is that of a trusted proxy. */
  boolean isTrusted(String address) {
    if (!InetAddresses.isInetAddress(address)) {
      return false;
    }
    InetAddress parsed = InetAddresses.forString(address);
    return trustedProxies.stream().anyMatch(proxy -> new NetMask(proxy).matches(parsed));
  }
}
