package org.kintell.backfill.embedded;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.time.Duration;
import org.kintell.backfill.WritableFolder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A PostgreSQL of our own, on a free port of the loopback interface, its data kept in the data
 * folder. One process at a time has it; a server left behind by a killed process is stopped first.
 */
public final class EmbeddedDatabase implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(EmbeddedDatabase.class);
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final FileLock lock;
  private final EmbeddedPostgres postgres;

  private EmbeddedDatabase(FileLock lock, EmbeddedPostgres postgres) {
    this.lock = lock;
    this.postgres = postgres;
  }

  /**
   * Starts the server, initialising its data the first time.
   *
   * @throws WrongSettingException when another process has this data folder
   */
  public static EmbeddedDatabase start(Path dataDir) throws IOException {
    Path data = dataDir.resolve("postgres").toAbsolutePath();
    WritableFolder.of("BACKFILL_DATA_DIR", dataDir);
    FileLock lock = lock(dataDir);
    Orphan.stop(data.resolve("postmaster.pid"), "postgres");
    EmbeddedPostgres postgres =
        EmbeddedPostgres.builder()
            .setDataDirectory(data)
            .setCleanDataDirectory(false)
            .setOverrideWorkingDirectory(dataDir.resolve("postgres-binaries").toFile())
            .setPGStartupWait(PATIENCE)
            // Made for tests, the builder turns both off; here a commit must survive a power cut.
            .setServerConfig("fsync", "on")
            .setServerConfig("synchronous_commit", "on")
            .setLocaleConfig("locale-provider", "builtin")
            .setLocaleConfig("builtin-locale", "C.UTF-8")
            .setLocaleConfig("encoding", "UTF8")
            .setRegisterShutdownHook(false)
            .start();
    EmbeddedDatabase database = new EmbeddedDatabase(lock, postgres);
    LOG.info("Embedded PostgreSQL runs. To look into it: psql {}", database.url());
    return database;
  }

  /** For {@code DATABASE_URL}. */
  public String url() {
    return "postgres://postgres:postgres@127.0.0.1:" + postgres.getPort() + "/postgres";
  }

  @SuppressWarnings("resource") // The lock lives as long as this process needs the folder.
  private static FileLock lock(Path dataDir) throws IOException {
    RandomAccessFile file = new RandomAccessFile(dataDir.resolve("postgres.lock").toFile(), "rw");
    try {
      return FolderOwner.take(file.getChannel(), dataDir);
    } catch (IOException | RuntimeException e) {
      file.close();
      throw e;
    }
  }

  @Override
  public void close() throws IOException {
    postgres.close();
    lock.channel().close();
  }
}
