package org.kintell.backfill.inbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TakeableFilesTest {

  @TempDir Path folder;

  private Path file;
  private Path kernel;

  @BeforeEach
  void write() throws IOException {
    file = Files.writeString(folder.resolve("x.csv"), "a");
    kernel = folder.resolve("protected_hardlinks");
  }

  /** Somebody who cannot read a file can give it a second name where the kernel allows that. */
  @Test
  void aFileOfSeveralNamesIsTakenOnlyWhereTheKernelChecksWhoLinksIt() throws IOException {
    Files.writeString(kernel, "0\n");
    assertThat(files().fault(file)).isEmpty();
    Files.createLink(folder.resolve("y.csv"), file);
    assertThat(files().fault(file)).get().asString().contains("hard links");

    Files.writeString(kernel, "1\n");
    assertThat(files().fault(file)).isEmpty();
  }

  @Test
  void aFileOfSeveralNamesIsNotTakenWhereTheKernelDoesNotSay() throws IOException {
    Files.createLink(folder.resolve("y.csv"), file);
    assertThat(files().fault(file)).isPresent();
  }

  @Test
  void aFileThatThisProcessMayNotReadIsNotTaken() throws IOException {
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("---------"));
    assumeFalse(Files.isReadable(file), "root may read all files");
    assertThat(files().fault(file)).get().asString().contains("no right to read");
  }

  private TakeableFiles files() {
    return new TakeableFiles(folder, new OnceLog(), kernel);
  }
}
