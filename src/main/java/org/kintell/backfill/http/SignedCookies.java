package org.kintell.backfill.http;

import com.nimbusds.jose.jwk.source.ImmutableSecret;
import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;
import org.kintell.backfill.config.Secret;
import org.kintell.backfill.config.WrongSettingException;
import org.kintell.backfill.folder.DataFolder;
import org.kintell.backfill.folder.SecretFile;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.env.Environment;
import org.springframework.http.ResponseCookie;
import org.springframework.security.oauth2.jose.jws.MacAlgorithm;
import org.springframework.security.oauth2.jwt.JwsHeader;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.oauth2.jwt.JwtClaimsSet;
import org.springframework.security.oauth2.jwt.JwtEncoderParameters;
import org.springframework.security.oauth2.jwt.JwtException;
import org.springframework.security.oauth2.jwt.JwtTimestampValidator;
import org.springframework.security.oauth2.jwt.NimbusJwtDecoder;
import org.springframework.security.oauth2.jwt.NimbusJwtEncoder;
import org.springframework.stereotype.Component;
import org.springframework.web.util.WebUtils;

/**
 * Cookies whose content the service has signed. No process stores it: every process with the secret
 * can check it, also during a database outage.
 */
@Component
public class SignedCookies {

  /** The purpose of a cookie. A cookie of one kind is not valid as another. */
  public enum Kind {
    /** A session of the console. Only the console's own page sends it. */
    SESSION("__Host-kintell", "kintell_session", "Strict"),
    /** A sign-in that was begun. The issuer's page, which is another site, sends people back. */
    SIGN_IN("__Host-kintell-sign-in", "kintell_sign_in", "Lax");

    /** Browsers take a name with this prefix only over TLS, from this host, for all its paths. */
    private final String overTls;

    private final String onThisMachine;
    private final String sameSite;

    Kind(String overTls, String onThisMachine, String sameSite) {
      this.overTls = overTls;
      this.onThisMachine = onThisMachine;
      this.sameSite = sameSite;
    }

    private String name(HttpServletRequest request) {
      return request.isSecure() ? overTls : onThisMachine;
    }
  }

  private static final Logger LOG = LoggerFactory.getLogger(SignedCookies.class);

  private static final String VARIABLE = "BACKFILL_CONSOLE_SECRET";
  private static final int SHORTEST_SECRET = 32;

  private final NimbusJwtEncoder encoder;
  private final NimbusJwtDecoder decoder;

  SignedCookies(DataFolder data, Environment environment) throws IOException {
    SecretKey secret =
        new SecretKeySpec(
            secret(
                environment.getProperty("backfill.console.secret", Secret.class, Secret.NONE),
                data),
            "HmacSHA256");
    this.encoder = new NimbusJwtEncoder(new ImmutableSecret<>(secret));
    this.decoder = NimbusJwtDecoder.withSecretKey(secret).macAlgorithm(MacAlgorithm.HS256).build();
    decoder.setJwtValidator(new JwtTimestampValidator(Duration.ZERO));
  }

  private static byte[] secret(Secret named, DataFolder data) throws IOException {
    if (!named.isPresent()) {
      return SecretFile.read(data.path().resolve("console.secret"));
    }
    if (named.value().length() < SHORTEST_SECRET) {
      throw new WrongSettingException(
          VARIABLE,
          "(" + named.value().length() + " characters)",
          "at least " + SHORTEST_SECRET + " random characters");
    }
    return named.value().getBytes(StandardCharsets.UTF_8);
  }

  /** A cookie with these claims, which ends when they expire. */
  public ResponseCookie write(Kind kind, JwtClaimsSet.Builder claims, HttpServletRequest request) {
    JwtClaimsSet signed = claims.audience(List.of(kind.name())).build();
    JwsHeader header = JwsHeader.with(MacAlgorithm.HS256).build();
    String value = encoder.encode(JwtEncoderParameters.from(header, signed)).getTokenValue();
    return cookie(kind, value, Duration.between(Instant.now(), signed.getExpiresAt()), request);
  }

  /** The cookie that removes one of this kind from the browser. */
  public ResponseCookie remove(Kind kind, HttpServletRequest request) {
    return cookie(kind, "", Duration.ZERO, request);
  }

  private static ResponseCookie cookie(
      Kind kind, String value, Duration age, HttpServletRequest request) {
    return ResponseCookie.from(kind.name(request), value)
        .path("/")
        .httpOnly(true)
        .secure(request.isSecure())
        .sameSite(kind.sameSite)
        .maxAge(age)
        .build();
  }

  /** The claims of a request's cookie; empty if it has none that is valid. */
  public Optional<Jwt> read(Kind kind, HttpServletRequest request) {
    return Optional.ofNullable(WebUtils.getCookie(request, kind.name(request)))
        .map(Cookie::getValue)
        .flatMap(this::decode)
        .filter(claims -> List.of(kind.name()).equals(claims.getAudience()));
  }

  private Optional<Jwt> decode(String value) {
    try {
      return Optional.of(decoder.decode(value));
    } catch (JwtException e) {
      LOG.debug("Cookie not accepted: {}", e.getMessage());
      return Optional.empty();
    }
  }
}
