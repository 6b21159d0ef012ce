package org.kintell.backfill.store;

import java.time.Duration;
import org.kintell.backfill.config.BackfillSettings;
import org.kintell.backfill.config.WrongSettingException;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.util.StringUtils;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.retries.api.RetryStrategy;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3ClientBuilder;

/**
 * The client of the object store. The SDK itself reads the endpoint and the credentials, from the
 * variables that its users know.
 */
@Configuration(proxyBeanMethods = false)
@Conditional(OnBucket.class)
class BucketConfiguration {

  private static final Duration CONNECT = Duration.ofSeconds(3);

  /** Longest silence within a request. */
  private static final Duration SILENCE = Duration.ofSeconds(8);

  /** Callers try again for longer; this saves an upload whose connection broke. */
  private static final RetryStrategy TWICE =
      AwsRetryStrategy.standardRetryStrategy().toBuilder().maxAttempts(2).build();

  @Bean
  Bucket bucket(BackfillSettings settings) {
    return Bucket.of(settings);
  }

  @Bean
  StoreHealth storeHealth(Bucket bucket) {
    return new StoreHealth(bucket);
  }

  @Bean(destroyMethod = "close")
  S3Client s3Client(Bucket bucket, Environment environment) {
    S3ClientBuilder client =
        S3Client.builder()
            .httpClientBuilder(
                UrlConnectionHttpClient.builder().connectionTimeout(CONNECT).socketTimeout(SILENCE))
            // Stores other than Amazon's may not know the newer checksums.
            .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
            .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED)
            .overrideConfiguration(all -> all.retryStrategy(TWICE));
    if (isSet(environment, "AWS_ENDPOINT_URL_S3") || isSet(environment, "AWS_ENDPOINT_URL")) {
      // Such a store has one host name for all buckets, and usually no regions.
      client.forcePathStyle(true);
      if (!isSet(environment, "AWS_REGION")) {
        client.region(Region.US_EAST_1);
      }
    }
    try {
      return client.build();
    } catch (SdkClientException e) {
      if (String.valueOf(e.getMessage()).contains("region")) {
        throw new WrongSettingException("AWS_REGION", "", "the region of " + bucket);
      }
      throw new WrongSettingException(
          "AWS_ENDPOINT_URL", "", "an address such as https://store.internal:9000", e);
    }
  }

  private static boolean isSet(Environment environment, String variable) {
    return StringUtils.hasText(environment.getProperty(variable));
  }
}
