package org.kintell.backfill.ops;

import java.util.LinkedHashMap;
import java.util.Map;
import org.kintell.backfill.load.write.UserKeys;
import org.springframework.boot.actuate.info.Info;
import org.springframework.boot.actuate.info.InfoContributor;
import org.springframework.stereotype.Component;

/** Shows in {@code /actuator/info} how the foreign keys of sessions are checked. */
@Component
class ForeignKeysInfo implements InfoContributor {

  private final UserKeys keys;

  ForeignKeysInfo(UserKeys keys) {
    this.keys = keys;
  }

  @Override
  public void contribute(Info.Builder info) {
    Map<String, String> shown = new LinkedHashMap<>();
    shown.put("check", keys.current().stored());
    if (keys.obstacle() != null) {
      shown.put("reason", keys.obstacle());
    }
    info.withDetail("foreignKeys", shown);
  }
}
