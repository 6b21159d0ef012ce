package org.kintell.backfill.config;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import java.nio.file.Path;
import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.util.unit.DataSize;
import org.springframework.validation.annotation.Validated;

/**
 * What can be set, each by the environment variable that {@code application.yaml} names beside it.
 *
 * @param databasePool connections to the database at the most: the lock of this process takes one,
 *     and migrations take two
 * @param dataDir stored uploads and the embedded database; survives restarts
 * @param inboxDir the watched folder
 * @param inboxQuiet how long a file must not have changed to be taken for fully written
 * @param errorsDir where {@code backfill_errors_<jobId>.csv} is written
 * @param chunkRows rows per chunk: the unit of transaction, checkpoint and retry
 * @param loaders chunks loaded at the same time, over all jobs
 * @param maxConcurrentJobs further jobs wait their turn
 * @param maxUpload largest upload as sent
 * @param maxUnpacked largest upload once unpacked
 * @param usersPort where the stand-in for the User Management API listens; 0 for any free port
 * @param retentionDays how long stored uploads and rejects of finished jobs are kept; 0 for ever
 * @param inboxRetentionDays how long files stay in done and failed of the inbox; 0 for ever
 */
@Validated
@ConfigurationProperties("backfill")
public record BackfillSettings(
    @Min(value = 4, message = "a whole number from 4 to 1000")
        @Max(value = 1_000, message = "a whole number from 4 to 1000")
        int databasePool,
    @NotNull(message = "a folder that this process can make and write to") Path dataDir,
    @NotNull(message = "a folder that this process can make and write to") Path inboxDir,
    @NotNull(message = "a time from 100ms to 1h")
        @DurationMin(millis = 100, message = "a time from 100ms to 1h")
        @DurationMax(hours = 1, message = "a time from 100ms to 1h")
        Duration inboxQuiet,
    @NotNull(message = "a folder that this process can make and write to") Path errorsDir,
    @Min(value = 1, message = "a whole number from 1 to 1000000")
        @Max(value = 1_000_000, message = "a whole number from 1 to 1000000")
        int chunkRows,
    @Min(value = 1, message = "a whole number from 1 to 64")
        @Max(value = 64, message = "a whole number from 1 to 64")
        int loaders,
    @Min(value = 1, message = "a whole number from 1 to 64")
        @Max(value = 64, message = "a whole number from 1 to 64")
        int maxConcurrentJobs,
    @NotNull(message = "a size of at least 1B, such as 500MB or 2GB")
        @SizeRange(min = 1, message = "a size of at least 1B, such as 500MB or 2GB")
        DataSize maxUpload,
    @NotNull(message = "a size of at least 1B, such as 500MB or 2GB")
        @SizeRange(min = 1, message = "a size of at least 1B, such as 500MB or 2GB")
        DataSize maxUnpacked,
    @Min(value = 0, message = "a port from 0 to 65535")
        @Max(value = 65_535, message = "a port from 0 to 65535")
        int usersPort,
    @Min(value = 0, message = "a whole number from 0 to 36500")
        @Max(value = 36_500, message = "a whole number from 0 to 36500")
        int retentionDays,
    @Min(value = 0, message = "a whole number from 0 to 36500")
        @Max(value = 36_500, message = "a whole number from 0 to 36500")
        int inboxRetentionDays) {}
