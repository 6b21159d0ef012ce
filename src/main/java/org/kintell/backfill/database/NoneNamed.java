package org.kintell.backfill.database;

import org.kintell.backfill.config.Secret;
import org.springframework.context.annotation.Condition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.core.type.AnnotatedTypeMetadata;

/**
 * Matches if the settings name no database, so that the service uses the embedded one. Not an
 * expression, because a configured value must never be evaluated.
 */
public final class NoneNamed implements Condition {

  @Override
  public boolean matches(ConditionContext context, AnnotatedTypeMetadata metadata) {
    return !context
        .getEnvironment()
        .getProperty(DatabaseSettings.URL, Secret.class, Secret.NONE)
        .isPresent();
  }
}
