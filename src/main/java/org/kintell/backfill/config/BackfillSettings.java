package org.kintell.backfill.config;

import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import java.nio.file.Path;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.util.unit.DataSize;
import org.springframework.validation.annotation.Validated;

/**
 * General settings; {@code application.yaml} names the environment variable of each.
 *
 * @param databasePool maximum number of connections to the database: the lock of this process takes
 *     one, and migrations take two
 * @param dataDir stored uploads and the embedded database; survives restarts
 * @param store where stored uploads and error files are: {@code folder}, or the address of a bucket
 *     and a prefix in it
 * @param inboxDir the watched folder
 * @param inboxQuiet how long a file must be unchanged to count as fully written
 * @param inboxCharset charset of inbox files, unless their parameters name another
 * @param errorsDir where {@code backfill_errors_<jobId>.csv} is written
 * @param chunkRows rows per chunk: the unit of transaction, checkpoint and retry
 * @param foreignKeys {@code auto}, or {@code row} to have the foreign keys of sessions check each
 *     row
 * @param loaders chunks loaded at the same time by this process, over all jobs
 * @param clusterLoaders chunks loaded at the same time by all processes
 * @param maxConcurrentJobs further jobs wait their turn
 * @param maxUpload largest upload as sent
 * @param maxUnpacked largest upload once unpacked
 * @param usersPort where the stand-in for the User Management API listens; 0 for any free port
 * @param retentionDays how long stored uploads and rejects of finished jobs are kept; 0 for no
 *     limit
 * @param inboxRetentionDays how long files stay in done and failed of the inbox; 0 for no limit
 * @param logFormat text, ecs for JSON in the Elastic Common Schema, or empty for text
 */
@Validated
@ConfigurationProperties("backfill")
public record BackfillSettings(
    @Between(from = "4", to = "1000") int databasePool,
    @NotNull(message = "a folder that this process can create and write to") Path dataDir,
    @NotNull @Pattern(regexp = FOLDER + "|" + BUCKET, message = "folder or s3://bucket/prefix")
        String store,
    @NotNull(message = "a folder that this process can create and write to") Path inboxDir,
    @Between(from = "100ms", to = "1h") Duration inboxQuiet,
    @Pattern(
            regexp = "(?i)utf-8|windows-1252|iso-8859-1|iso-8859-15",
            message = "UTF-8, windows-1252, ISO-8859-1 or ISO-8859-15")
        String inboxCharset,
    @NotNull(message = "a folder that this process can create and write to") Path errorsDir,
    @Between(from = "1", to = "1000000") int chunkRows,
    @NotNull @Pattern(regexp = "auto|row", message = "auto or row") String foreignKeys,
    @Between(from = "1", to = "64") int loaders,
    @Between(from = "1", to = "1000") int clusterLoaders,
    @Between(from = "1", to = "64") int maxConcurrentJobs,
    @Between(from = "1B", to = "1024TB") DataSize maxUpload,
    @Between(from = "1B", to = "1024TB") DataSize maxUnpacked,
    @Between(from = "0", to = "65535") int usersPort,
    @Between(from = "0", to = "36500") int retentionDays,
    @Between(from = "0", to = "36500") int inboxRetentionDays,
    @Pattern(regexp = "|text|ecs", message = "text or ecs") String logFormat) {

  /** The setting for files in folders. */
  public static final String FOLDER = "folder";

  /** The form of the address of a bucket, with or without a prefix. */
  private static final String BUCKET =
      "s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](/[A-Za-z0-9!_.*'()-]+)*/?";

  /** Whether stored uploads and error files are in folders, and not in a bucket. */
  public boolean isInFolder() {
    return FOLDER.equals(store);
  }
}
