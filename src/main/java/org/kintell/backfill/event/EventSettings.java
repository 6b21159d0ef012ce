package org.kintell.backfill.event;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;
import org.kintell.backfill.config.Secret;
import org.kintell.backfill.config.WrongSettingException;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.convert.DurationStyle;
import org.springframework.validation.annotation.Validated;

/**
 * Where events go. The stream's settings count only when this service has to make it.
 *
 * @param natsUrl one or several, separated by commas; {@code none} for no server on purpose; empty
 *     for the embedded server
 * @param credentialsFile a NATS credentials file, or empty
 * @param stream the name of the stream
 * @param streamReplicas copies of it in a cluster
 * @param streamMaxBytes how large it may grow; -1 for no limit
 * @param streamMaxAge how long it keeps a message; 0 for ever
 * @param duplicateWindow how long it remembers the ids of messages
 * @param window events sent and not yet acknowledged, at the most
 */
@Validated
@ConfigurationProperties("backfill.events")
public record EventSettings(
    @NotNull Secret natsUrl,
    @NotNull String credentialsFile,
    @Pattern(
            regexp = "[!-~&&[^.*>/\\\\]]{1,255}",
            message =
                "a name without dots, spaces, *, > and slashes, of 255 characters at the most")
        String stream,
    @Min(value = 1, message = "a whole number from 1 to 5")
        @Max(value = 5, message = "a whole number from 1 to 5")
        int streamReplicas,
    @Min(value = -1, message = EventSettings.MAX_BYTES) long streamMaxBytes,
    @NotNull(message = EventSettings.MAX_AGE)
        @DurationMin(message = EventSettings.MAX_AGE)
        @DurationMax(days = 36_500, message = EventSettings.MAX_AGE)
        Duration streamMaxAge,
    @NotNull(message = "a time from 100ms to 36500d")
        @DurationMin(millis = 100, message = "a time from 100ms to 36500d")
        @DurationMax(days = 36_500, message = "a time from 100ms to 36500d")
        Duration duplicateWindow,
    @Min(value = 1, message = "a whole number from 1 to 4000")
        @Max(value = 4000, message = "a whole number from 1 to 4000")
        int window) {

  private static final String MAX_BYTES = "a whole number of bytes, or -1 for no limit";
  private static final String MAX_AGE =
      "0s for ever, or a time up to 36500d, not shorter than BACKFILL_STREAM_DUPLICATE_WINDOW";

  /** What a constraint of one value cannot say. */
  public EventSettings {
    if (natsUrl.isPresent() && !natsUrl.value().equals(NatsAddresses.NONE)) {
      NatsAddresses.parse(natsUrl.value());
    }
    if (!credentialsFile.isEmpty() && !isReadable(credentialsFile)) {
      throw new WrongSettingException(
          "NATS_CREDENTIALS_FILE", credentialsFile, "a file that this process can read");
    }
    if (streamMaxBytes == 0) {
      throw new WrongSettingException("BACKFILL_STREAM_MAX_BYTES", "0", MAX_BYTES);
    }
    if (isShorter(streamMaxAge, duplicateWindow)) {
      throw new WrongSettingException(
          "BACKFILL_STREAM_MAX_AGE", DurationStyle.SIMPLE.print(streamMaxAge), MAX_AGE);
    }
  }

  /** Whether there is no NATS on purpose: events wait in the database, and nobody is alarmed. */
  boolean isWithoutNats() {
    return natsUrl.value().equals(NatsAddresses.NONE);
  }

  /** The address fit for a log; what its absence means where there is none. */
  String natsAddress() {
    return natsUrl.isPresent()
        ? NatsAddresses.withoutSecrets(natsUrl.value())
        : "none; events wait until NATS_URL names a server";
  }

  /** The server makes no stream that had to remember ids for longer than it keeps messages. */
  private static boolean isShorter(Duration age, Duration window) {
    return age != null
        && window != null
        && age.compareTo(Duration.ZERO) > 0
        && age.compareTo(window) < 0;
  }

  private static boolean isReadable(String file) {
    try {
      Path path = Path.of(file);
      return Files.isRegularFile(path) && Files.isReadable(path);
    } catch (InvalidPathException e) {
      return false;
    }
  }
}
