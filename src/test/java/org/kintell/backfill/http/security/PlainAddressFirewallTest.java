package org.kintell.backfill.http.security;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PlainAddressFirewallTest {

  /** More than the matcher's stack would hold if it called itself for each. */
  private static final int MANY = 200_000;

  @ParameterizedTest
  @ValueSource(strings = {"/a", "a", "%20", "/a%20b", "/%C3%A4"})
  void aLongAddressIsPlainOrNotLikeAShortOne(String part) {
    String address = "/health" + part.repeat(MANY);
    assertThat(PlainAddressFirewall.isPlain(address)).isTrue();
    assertThat(PlainAddressFirewall.isPlain(address + "/")).isTrue();
    assertThat(PlainAddressFirewall.isPlain(address + ";")).isFalse();
    assertThat(PlainAddressFirewall.isPlain(address + "//")).isFalse();
    assertThat(PlainAddressFirewall.isPlain(address + "/..")).isFalse();
    assertThat(PlainAddressFirewall.isPlain(address + "/../a")).isFalse();
    assertThat(PlainAddressFirewall.isPlain(address + "%2e")).isFalse();
    assertThat(PlainAddressFirewall.isPlain(address + "/...")).isTrue();
  }
}
