package org.kintell.backfill.inbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import com.google.common.collect.Iterables;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

@ExtendWith(OutputCaptureExtension.class)
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

  @Test
  void aTableOfAnotherKindIsReportedOnceWithWhatToDo(CapturedOutput log) throws IOException {
    List<String> reported = List.of("x.xls", "x.ODS", "x.tsv", "x.csv.bz2", "x.tar.gz", "x.7z");
    List<String> leftAlone = List.of("notes.txt", "x.xls.part", ".x.xls", "~$x.xlsm", "y.csv.json");
    for (String name : Iterables.concat(reported, leftAlone)) {
      Files.createFile(folder.resolve(name));
    }
    TakeableFiles files = files();
    files.reportOthers();
    files.reportOthers();
    for (String name : reported) {
      assertThat(log.toString())
          .containsOnlyOnce(name + " is ignored: its kind is not taken. Save it as .csv");
    }
    assertThat(log.toString().lines().filter(line -> line.contains("is ignored")))
        .hasSize(reported.size());
  }

  private TakeableFiles files() {
    return new TakeableFiles(
        folder, new OnceLog(), new InboxMetrics(new SimpleMeterRegistry()), kernel);
  }
}
