package org.kintell.backfill.http.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.kintell.backfill.config.Secret;
import org.kintell.backfill.config.WrongSettingException;
import org.springframework.security.crypto.bcrypt.BCryptPasswordEncoder;

class AccessSettingsTest {

  private static final String HASH = new BCryptPasswordEncoder(4).encode("a key");

  @Test
  void keysAreSeparatedByCommasOrLines() {
    String text =
        "# who imports\n a:operator:{bcrypt}%1$s , b:viewer:%1$s\r\n\nc:admin:{bcrypt}%1$s,d:metrics:%2$s"
            .formatted(HASH, ApiKey.hashOf("a key"));
    assertThat(settings(text).keys())
        .extracting(ApiKey::name, ApiKey::role, ApiKey::hash)
        .containsExactly(
            tuple("a", Role.OPERATOR, "{bcrypt}" + HASH),
            tuple("b", Role.VIEWER, "{bcrypt}" + HASH),
            tuple("c", Role.ADMIN, "{bcrypt}" + HASH),
            tuple("d", Role.METRICS, ApiKey.hashOf("a key")));
  }

  @ParameterizedTest
  @CsvSource({
    "key-in-clear, an entry that is not",
    "me:admin, an entry that is not",
    "m e:admin:HASH, an entry that is not",
    "me:root:HASH, no such role: me",
    "inbox:viewer:HASH, a name that stands for something else: inbox",
    "me:ADMIN:HASH, no such role: me",
    "me:admin:key-in-clear, no such hash: me",
    "me:admin:{noop}key-in-clear, no such hash: me",
    "me:admin:{MD5}key-in-clear, no such hash: me",
    "me:admin:{sha256}key-in-clear, no such hash: me",
    "me:admin:HASH;me:viewer:HASH, the name twice: me",
    "'#', no entry"
  })
  void anEntryThatIsNoneIsNamedWithoutWhatItHolds(String entry, String reason) {
    String text = entry.replace("HASH", HASH).replace(';', '\n');
    assertThatThrownBy(() -> settings(text).keys())
        .isInstanceOf(WrongSettingException.class)
        .hasMessageContaining("Invalid BACKFILL_API_KEYS '(" + reason)
        .hasMessageContaining("viewer, operator, admin")
        .hasMessageContaining("new-key")
        .message()
        .doesNotContain("key-in-clear", HASH);
  }

  @Test
  void itDoesNotShowTheHashes() {
    AccessSettings settings = settings("a:operator:" + HASH);
    assertThat(settings + " " + settings.keys()).doesNotContain(HASH);
  }

  private static AccessSettings settings(String keys) {
    return new AccessSettings(
        new Secret(keys), "", "", "roles", "", Secret.NONE, false, false, 10, List.of(), List.of());
  }
}
