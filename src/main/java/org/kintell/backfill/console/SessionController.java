package org.kintell.backfill.console;

import jakarta.servlet.http.HttpServletRequest;
import org.kintell.backfill.http.problem.ApiException;
import org.kintell.backfill.http.security.AccessSettings;
import org.kintell.backfill.http.security.BrowserSession;
import org.kintell.backfill.http.security.BrowserSessions;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

/** Signs in to the console and out of it, and says who the caller is. */
@RestController
class SessionController {

  private final BrowserSessions sessions;
  private final SignInWays ways;

  SessionController(BrowserSessions sessions, AccessSettings settings) {
    this.sessions = sessions;
    this.ways = SignInWays.of(settings);
  }

  /** A key, to be exchanged for a session. */
  record SignIn(String key) {}

  @PostMapping(path = "/console/session", consumes = MediaType.APPLICATION_JSON_VALUE)
  ResponseEntity<WhoAmI> signIn(@RequestBody SignIn signIn, HttpServletRequest request) {
    if (!sessions.areRequired()) {
      return ResponseEntity.ok(WhoAmI.LOCAL);
    }
    if (signIn.key() == null || signIn.key().isBlank()) {
      throw ApiException.invalidParameter("key", "", "an API key");
    }
    BrowserSession session = sessions.signIn(signIn.key().strip(), request);
    return ResponseEntity.ok()
        .header(HttpHeaders.SET_COOKIE, sessions.cookie(session, request).toString())
        .body(WhoAmI.of(session));
  }

  @GetMapping("/console/sign-in")
  SignInWays ways() {
    return ways;
  }

  /** Ends the session in this browser. */
  @DeleteMapping("/console/session")
  ResponseEntity<Void> signOut(HttpServletRequest request) {
    return ResponseEntity.noContent()
        .header(HttpHeaders.SET_COOKIE, sessions.end(request).toString())
        .build();
  }

  @GetMapping("/whoami")
  WhoAmI whoAmI() {
    Authentication caller = SecurityContextHolder.getContext().getAuthentication();
    return sessions.areRequired() ? WhoAmI.of(caller) : WhoAmI.LOCAL;
  }
}
