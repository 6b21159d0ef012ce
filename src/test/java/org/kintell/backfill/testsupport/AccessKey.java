package org.kintell.backfill.testsupport;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.UUID;

/**
 * A key to the service.
 *
 * @param value as callers send it
 * @param entry for {@code BACKFILL_API_KEYS}
 */
public record AccessKey(String value, String entry) {

  /** A new key with a role. */
  public static AccessKey of(String name, String role) {
    String value = UUID.randomUUID().toString();
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(value.getBytes(StandardCharsets.UTF_8));
      return new AccessKey(
          value, "%s:%s:{sha256}%s".formatted(name, role, HexFormat.of().formatHex(hash)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
