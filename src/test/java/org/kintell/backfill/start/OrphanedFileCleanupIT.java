package org.kintell.backfill.start;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.kintell.backfill.config.BackfillSettings;
import org.kintell.backfill.file.SourceFile;
import org.kintell.backfill.store.FileStore;
import org.kintell.backfill.store.StoredFile;
import org.kintell.backfill.testsupport.BackfillClient;
import org.kintell.backfill.testsupport.IntegrationTest;
import org.kintell.backfill.testsupport.SessionFiles;
import org.springframework.beans.factory.annotation.Autowired;

/** Files without a job from a dead process are removed in the end, and no others. */
@IntegrationTest
class OrphanedFileCleanupIT {

  private static final Duration LONG = Duration.ofHours(25);

  @Autowired OrphanedFileCleanup abandoned;
  @Autowired FileStore files;
  @Autowired BackfillClient client;
  @Autowired BackfillSettings settings;

  private final UUID jobId = UUID.randomUUID();

  @BeforeEach
  void keepAFileWhoseJobNeverComes(@TempDir Path folder) throws IOException {
    Path sent = Files.write(folder.resolve("x.csv"), SessionFiles.good(3));
    StoredFile stored =
        files.store(jobId, new SourceFile(sent, false, false, StandardCharsets.UTF_8), false);
    Files.delete(stored.index().plan());
  }

  @Test
  void itIsRemovedOnceNobodyCanBeAboutToCreateItsJob() throws IOException {
    abandoned.remove();
    assertThat(files.exists(jobId)).isTrue();
    age();
    abandoned.remove();
    assertThat(files.exists(jobId)).isFalse();
    assertThat(settings.dataDir().resolve("uploads")).isDirectoryNotContaining("glob:**.new");
  }

  /** The job may be in another database that the service used with the same folder. */
  @Test
  void aFileWhoseJobWasCreatedStaysThoughItIsUnknownHere() throws IOException {
    files.jobCreated(jobId);
    age();
    abandoned.remove();
    assertThat(files.exists(jobId)).isTrue();
    files.discard(jobId);
  }

  @Test
  void aFileWhoseJobIsThereStaysThoughTheProcessDiedBeforeItSaidSo() throws IOException {
    UUID job = UUID.fromString(client.start("x.csv", SessionFiles.good(3)).jobId());
    Files.createFile(settings.dataDir().resolve("uploads").resolve(job + ".new"));
    age();
    abandoned.remove();
    assertThat(files.exists(job)).isTrue();
    assertThat(files.exists(jobId)).isFalse();
  }

  private void age() throws IOException {
    try (Stream<Path> stored = Files.list(settings.dataDir().resolve("uploads"))) {
      for (Path file : stored.toList()) {
        Files.setLastModifiedTime(file, FileTime.from(Instant.now().minus(LONG)));
      }
    }
  }
}
