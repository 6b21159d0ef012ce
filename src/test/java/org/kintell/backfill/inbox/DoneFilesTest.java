package org.kintell.backfill.inbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
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

  private Path rememberedThatGrew(String name) throws IOException {
    Path file = Files.writeString(folder.resolve(name), "a");
    done.remember(file, name);
    return Files.writeString(file, "b", StandardOpenOption.APPEND);
  }
}
