package org.kintell.backfill.inbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DoneFilesTest {

  @TempDir Path folder;

  private final DoneFiles done = new DoneFiles();

  @Test
  void aFileThatGrewIsToldOfUntilItIsForgotten() throws IOException {
    Path one = rememberedThatGrew("one.csv");
    Path two = rememberedThatGrew("two.csv");
    assertThat(done.grown()).extracting(DoneFiles.Done::file).containsExactlyInAnyOrder(one, two);
    // Nobody could do anything about the second.
    done.forget(one);
    assertThat(done.grown()).extracting(DoneFiles.Done::file).containsExactly(two);
  }

  @Test
  void aFileThatIsGoneDidNotGrow() throws IOException {
    Files.delete(rememberedThatGrew("one.csv"));
    assertThat(done.grown()).isEmpty();
  }

  /** Its error file may be long: until that was written, nobody looked. */
  @Test
  void aFileThatGrewBeforeItWasMovedIsToldOfToo() throws IOException {
    Path file = Files.writeString(folder.resolve("one.csv"), "ab");
    done.remember(file, claimOfLength(1, file));
    assertThat(done.grown()).extracting(DoneFiles.Done::file).containsExactly(file);
  }

  private Path rememberedThatGrew(String name) throws IOException {
    Path file = Files.writeString(folder.resolve(name), "a");
    done.remember(file, claimOfLength(1, file));
    return Files.writeString(file, "b", StandardOpenOption.APPEND);
  }

  private static Claim claimOfLength(long length, Path file) {
    return new Claim(1, UUID.randomUUID(), length, file);
  }
}
