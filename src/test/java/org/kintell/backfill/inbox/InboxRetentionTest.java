package org.kintell.backfill.inbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.util.FileSystemUtils;

class InboxRetentionTest {

  private static final Clock NOW = Clock.systemUTC();

  private static final int NOBODY = 65534;

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
      // Written long before it was dropped.
      Files.setLastModifiedTime(path, FileTime.from(Instant.EPOCH));
    }
    Files.writeString(inbox.resolve("waits.csv"), "x");
    Files.createSymbolicLink(inbox.resolve("done/link.csv"), inbox.resolve("waits.csv"));
  }

  @Test
  void resultsAreRemovedWhenTheyHaveLainThereForSoLong() throws IOException {
    new InboxRetention(inbox, inbox, 7, Clock.offset(NOW, Duration.ofDays(8))).purge();

    assertThat(inbox.resolve("done").toFile().list()).containsExactly("link.csv");
    assertThat(inbox.resolve("failed")).isEmptyDirectory();
    assertThat(inbox.resolve("waits.csv")).exists();
  }

  @Test
  void whatWasMovedThereALittleAgoStaysHoweverOldItsContentIs() throws IOException {
    new InboxRetention(inbox, inbox, 7, Clock.offset(NOW, Duration.ofDays(6))).purge();

    assertThat(inbox.resolve("done/a.csv")).exists();
    assertThat(inbox.resolve("failed/b.csv.gz")).exists();
  }

  @Test
  void withoutASettingEverythingStays() throws IOException {
    new InboxRetention(inbox, inbox, 0, Clock.offset(NOW, Duration.ofDays(10_000))).purge();

    assertThat(inbox.resolve("done/a.errors.csv")).exists();
  }

  @Test
  void anInboxWithoutResultsIsFine() throws IOException {
    new InboxRetention(inbox.resolve("none"), inbox, 7, NOW).purge();

    assertThat(inbox.resolve("none")).doesNotExist();
  }

  @Test
  void whatAnotherUserPutInTheirPlaceIsLeftAlone(@TempDir Path outside) throws IOException {
    assumeTrue(
        "root".equals(System.getProperty("user.name")), "Only root can give files to others");
    Path secret = Files.writeString(outside.resolve("authorized_keys"), "x");
    FileSystemUtils.deleteRecursively(inbox.resolve("done"));
    Path link = Files.createSymbolicLink(inbox.resolve("done"), outside);
    Files.setAttribute(link, "unix:uid", NOBODY, LinkOption.NOFOLLOW_LINKS);
    Files.setAttribute(inbox.resolve("failed"), "unix:uid", NOBODY);
    InboxRetention late =
        new InboxRetention(inbox, inbox, 7, Clock.offset(NOW, Duration.ofDays(8)));

    late.purge();

    assertThat(secret).exists();
    assertThat(inbox.resolve("failed/b.csv.gz")).exists();

    // The operator's link is followed.
    Files.setAttribute(link, "unix:uid", 0, LinkOption.NOFOLLOW_LINKS);
    late.purge();

    assertThat(secret).doesNotExist();
  }
}
