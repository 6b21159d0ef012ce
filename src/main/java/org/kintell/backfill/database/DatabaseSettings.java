package org.kintell.backfill.database;

import jakarta.validation.constraints.NotNull;
import org.kintell.backfill.config.Secret;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.validation.annotation.Validated;

/**
 * The database of the service.
 *
 * @param databaseUrl in the form of {@link DatabaseUrl}; empty for the embedded database
 */
@Validated
@ConfigurationProperties("backfill")
public record DatabaseSettings(@NotNull Secret databaseUrl) {

  public static final String URL = "backfill.database-url";

  /** Whether the settings name a database; otherwise the service uses the embedded one. */
  public boolean isNamed() {
    return databaseUrl.isPresent();
  }
}
