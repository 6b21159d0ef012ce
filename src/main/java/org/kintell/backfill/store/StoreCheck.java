package org.kintell.backfill.store;

import org.kintell.backfill.config.BackfillSettings;
import org.kintell.backfill.config.SettingCheck;
import org.kintell.backfill.config.WrongSettingException;
import org.springframework.context.annotation.Conditional;
import org.springframework.stereotype.Component;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;

/**
 * Checks at the start that the service may list, read and write in its bucket. A store that is away
 * is waited for. Camel has not started yet, so this asks the client itself.
 */
@Component
@Conditional(OnBucket.class)
class StoreCheck implements SettingCheck {

  /** An object that each start writes. */
  static final String KEY = "check";

  private static final String VARIABLE = "BACKFILL_STORE";

  StoreCheck(S3Client client, Bucket bucket, StoreHealth health, BackfillSettings settings) {
    String key = bucket.key(KEY);
    try {
      client.listObjects(list -> list.bucket(bucket.name()).prefix(key).maxKeys(1));
      client.putObject(
          put -> put.bucket(bucket.name()).key(key), RequestBody.fromString("kintell-connector\n"));
      client.getObjectAsBytes(get -> get.bucket(bucket.name()).key(key));
    } catch (SdkException e) {
      String reason = StoreFailures.reason(e);
      if (e instanceof SdkClientException
          && String.valueOf(e.getMessage()).contains("load credentials")) {
        throw new WrongSettingException(
            "AWS_ACCESS_KEY_ID", "", "credentials for %s (none were found)".formatted(bucket));
      }
      if (!StoreFailures.isPassing(e)) {
        throw new WrongSettingException(
            VARIABLE,
            settings.store(),
            "a bucket that exists, in which the credentials allow to list, read and write (%s)"
                .formatted(reason));
      }
      health.fails(reason);
    }
  }
}
