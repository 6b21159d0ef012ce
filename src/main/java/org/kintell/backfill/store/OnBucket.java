package org.kintell.backfill.store;

import org.springframework.context.annotation.Condition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.core.env.Environment;
import org.springframework.core.type.AnnotatedTypeMetadata;

/**
 * Whether the files are in a bucket. Beans for it are neither created nor loaded otherwise, because
 * the client has many classes.
 */
public class OnBucket implements Condition {

  @Override
  public boolean matches(ConditionContext context, AnnotatedTypeMetadata metadata) {
    return isSet(context.getEnvironment());
  }

  /** Whether the setting names a bucket. */
  public static boolean isSet(Environment environment) {
    return environment.getProperty("backfill.store", "").startsWith(Bucket.SCHEME);
  }

  /** The opposite. */
  public static final class Not extends OnBucket {

    @Override
    public boolean matches(ConditionContext context, AnnotatedTypeMetadata metadata) {
      return !super.matches(context, metadata);
    }
  }
}
