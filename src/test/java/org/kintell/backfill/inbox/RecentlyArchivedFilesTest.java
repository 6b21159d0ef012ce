package org.kintell.backfill.inbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.kintell.backfill.folder.DataFolder;
import org.kintell.backfill.folder.FileModes;
import org.kintell.backfill.inbox.RecentlyArchivedFiles.Archived;

class RecentlyArchivedFilesTest {

  @TempDir Path folder;

  private RecentlyArchivedFiles recent;

  @BeforeEach
  void open() {
    recent = opened();
  }

  private RecentlyArchivedFiles opened() {
    return new RecentlyArchivedFiles(new DataFolder(folder, FileModes.PRIVATE));
  }

  @Test
  void aNoteSurvivesARestartUntilItsFileIsForgotten() throws IOException {
    Claim claim = claim("März\n.csv", new FileVersion(1, 2));
    recent.note(Path.of("done/x.csv"), claim);

    assertThat(opened().all())
        .singleElement()
        .satisfies(
            note -> {
              assertThat(note.archive()).isEqualTo("done");
              assertThat(note.file()).isEqualTo("x.csv");
              assertThat(note.name()).isEqualTo("März\n.csv");
              assertThat(note.jobId()).isEqualTo(claim.jobId());
              assertThat(note.version()).isEqualTo(claim.taken());
              assertThat(note.isRecent()).isTrue();
              recent.forget(note);
            });
    assertThat(opened().all()).isEmpty();
  }

  /** A person moved the first file elsewhere: the file there now is another one. */
  @Test
  void ofTwoFilesThatWereMovedToOnePathTheLaterIsNoted() throws IOException {
    recent.note(Path.of("done/x.csv"), claim("x.csv", new FileVersion(1, 1)));
    recent.note(Path.of("failed/x.csv"), claim("x.csv", new FileVersion(2, 2)));
    recent.note(Path.of("done/x.csv"), claim("x.csv", new FileVersion(3, 3)));
    assertThat(recent.all()).extracting(Archived::length).containsExactlyInAnyOrder(2L, 3L);
  }

  @Test
  void aNoteThatCannotBeReadHoldsNoOtherUp() throws IOException {
    recent.note(Path.of("done/x.csv"), claim("x.csv", new FileVersion(1, 1)));
    Files.writeString(recent.own().resolve("half.json"), "{\"archive\":");
    assertThat(recent.all()).hasSize(1);
    try (Stream<Path> left = Files.list(recent.own())) {
      assertThat(left).hasSize(1);
    }
  }

  private static Claim claim(String name, FileVersion taken) {
    return new Claim(1, UUID.randomUUID(), taken, Path.of(name));
  }
}
