package org.kintell.backfill.inbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InboxRetentionTest {

  private static final Clock NOW = Clock.systemUTC();

  @TempDir Path inbox;

  @BeforeEach
  void archive() throws IOException {
    for (String file :
        new String[] {
          "done/a.csv", "done/a.errors.csv", "failed/b.csv.gz", "failed/b.reason.txt"
        }) {
      Path path = inbox.resolve(file);
      Files.createDirectories(path.getParent());
      Files.writeString(path, "x");
      // As it was written long before it was dropped.
      Files.setLastModifiedTime(path, FileTime.from(Instant.EPOCH));
    }
    Files.writeString(inbox.resolve("waits.csv"), "x");
    Files.createSymbolicLink(inbox.resolve("done/link.csv"), inbox.resolve("waits.csv"));
  }

  @Test
  void resultsAreRemovedWhenTheyHaveLainThereForSoLong() throws IOException {
    new InboxRetention(inbox, 7, Clock.offset(NOW, Duration.ofDays(8))).purge();

    assertThat(inbox.resolve("done").toFile().list()).containsExactly("link.csv");
    assertThat(inbox.resolve("failed")).isEmptyDirectory();
    assertThat(inbox.resolve("waits.csv")).exists();
  }

  @Test
  void whatWasMovedThereALittleAgoStaysHoweverOldItsContentIs() throws IOException {
    new InboxRetention(inbox, 7, Clock.offset(NOW, Duration.ofDays(6))).purge();

    assertThat(inbox.resolve("done/a.csv")).exists();
    assertThat(inbox.resolve("failed/b.csv.gz")).exists();
  }

  @Test
  void withoutASettingEverythingStays() throws IOException {
    new InboxRetention(inbox, 0, Clock.offset(NOW, Duration.ofDays(10_000))).purge();

    assertThat(inbox.resolve("done/a.errors.csv")).exists();
  }

  @Test
  void anInboxWithoutResultsIsFine() throws IOException {
    new InboxRetention(inbox.resolve("none"), 7, NOW).purge();

    assertThat(inbox.resolve("none")).doesNotExist();
  }
}
