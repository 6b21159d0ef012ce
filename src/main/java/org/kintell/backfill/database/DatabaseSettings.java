package org.kintell.backfill.database;

import jakarta.validation.constraints.NotNull;
import org.kintell.backfill.config.Secret;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.validation.annotation.Validated;

/**
 * Which database it is.
 *
 * @param databaseUrl as {@link DatabaseUrl} reads it; empty for the embedded one
 */
@Validated
@ConfigurationProperties("backfill")
public record DatabaseSettings(@NotNull Secret databaseUrl) {

  public static final String URL = "backfill.database-url";

  /** Whether a database was named; otherwise it is the embedded one. */
  public boolean isNamed() {
    return databaseUrl.isPresent();
  }
}
