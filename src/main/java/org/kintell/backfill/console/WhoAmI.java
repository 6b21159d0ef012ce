package org.kintell.backfill.console;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;
import org.kintell.backfill.http.security.BrowserSession;
import org.kintell.backfill.http.security.Role;
import org.kintell.backfill.trail.Actor;
import org.springframework.security.core.Authentication;

/**
 * The caller, as the service knows it.
 *
 * @param name of the key, or the subject of the token; {@code local} where nobody has to sign in
 * @param role the caller's highest
 * @param until the end of the console's session; absent for a key or a token
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record WhoAmI(String name, String role, Instant until) {

  /** Everybody where nobody has to sign in. */
  static final WhoAmI LOCAL = new WhoAmI(Actor.LOCAL, "admin", null);

  static WhoAmI of(BrowserSession session) {
    return new WhoAmI(session.name(), session.role(), session.until());
  }

  static WhoAmI of(Authentication caller) {
    if (caller.getDetails() instanceof BrowserSession session) {
      return of(session);
    }
    Role role = Role.highestOf(caller.getAuthorities()).orElse(Role.METRICS);
    return new WhoAmI(caller.getName(), role.label(), null);
  }
}
