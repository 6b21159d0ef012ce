package org.kintell.backfill.event;

import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;
import org.kintell.backfill.config.Between;
import org.kintell.backfill.config.Secret;
import org.kintell.backfill.config.WrongSettingException;
import org.kintell.backfill.job.ChunkRef;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.convert.DurationStyle;
import org.springframework.validation.annotation.Validated;

/**
 * Where events are published. The stream settings apply only when this service creates the stream.
 *
 * @param natsUrl comma-separated addresses; {@code none} to disable NATS; empty for the embedded
 *     server
 * @param credentialsFile a NATS credentials file, or empty
 * @param stream the name of the stream
 * @param streamShards streams among which the events of sessions are spread; 1 for one stream and
 *     the subject without a number
 * @param streamReplicas copies of the stream in a cluster
 * @param streamMaxBytes size limit of the stream; -1 for none
 * @param streamMaxAge how long the stream keeps a message; 0 for no limit
 * @param duplicateWindow how long the stream detects repeated ids
 * @param window maximum number of unacknowledged events
 */
@Validated
@ConfigurationProperties("backfill.events")
public record EventSettings(
    @NotNull Secret natsUrl,
    @NotNull String credentialsFile,
    @Pattern(
            regexp = "[!-~&&[^.*>/\\\\]]{1,255}",
            message = "a name without dots, spaces, *, > and slashes, of at most 255 characters")
        String stream,
    @Between(from = "1", to = "64") int streamShards,
    @Between(from = "1", to = "5") int streamReplicas,
    @Min(value = -1, message = EventSettings.MAX_BYTES) long streamMaxBytes,
    @NotNull(message = EventSettings.MAX_AGE)
        @DurationMin(message = EventSettings.MAX_AGE)
        @DurationMax(days = 36_500, message = EventSettings.MAX_AGE)
        Duration streamMaxAge,
    @Between(from = "100ms", to = "36500d") Duration duplicateWindow,
    @Between(from = "1", to = "4000") int window) {

  private static final String MAX_BYTES = "a whole number of bytes, or -1 for no limit";
  private static final String MAX_AGE =
      "0s for no limit, or a time up to 36500d, not shorter than BACKFILL_STREAM_DUPLICATE_WINDOW";

  /** Checks what the annotations cannot express. */
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

  /** Whether NATS is disabled: events wait in the database, and no alert fires. */
  boolean isWithoutNats() {
    return natsUrl.value().equals(NatsAddresses.NONE);
  }

  /** The subject of a chunk's session events. */
  String subjectOf(ChunkRef chunk) {
    return streamShards == 1 ? SessionCompleted.TYPE : SessionCompleted.TYPE + "." + shardOf(chunk);
  }

  /** The number of a chunk's stream, from 0. */
  int shardOf(ChunkRef chunk) {
    return chunk.chunkNo() % streamShards;
  }

  /** The address without secrets, or what its absence means. */
  String natsAddress() {
    return natsUrl.isPresent()
        ? NatsAddresses.withoutSecrets(natsUrl.value())
        : "none; events wait until NATS_URL names a server";
  }

  /** The server refuses a stream whose duplicate window exceeds its maximum age. */
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
