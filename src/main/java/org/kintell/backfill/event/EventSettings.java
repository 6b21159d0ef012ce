package org.kintell.backfill.event;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.validation.annotation.Validated;

/**
 * Where events go. The stream's settings count only when this service has to make it.
 *
 * @param natsUrl one or several, comma-separated; empty for the embedded server
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
    @NotNull String natsUrl,
    @NotNull String credentialsFile,
    @NotBlank(message = "a name without spaces and dots") String stream,
    @Min(value = 1, message = "a whole number from 1 to 5")
        @Max(value = 5, message = "a whole number from 1 to 5")
        int streamReplicas,
    @Min(value = -1, message = "a number of bytes, or -1 for no limit") long streamMaxBytes,
    @NotNull Duration streamMaxAge,
    @NotNull Duration duplicateWindow,
    @Min(value = 1, message = "a whole number from 1 to 4000")
        @Max(value = 4000, message = "a whole number from 1 to 4000")
        int window) {}
