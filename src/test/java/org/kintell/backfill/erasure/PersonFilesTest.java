package org.kintell.backfill.erasure;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class PersonFilesTest {

  private static final String ROWS =
      "session_id,session_type,participant_email,volunteer_email,date,duration_min,rating,"
          + "feedback_text,language_level\na,,jane@example.com,,,,,Kind,\n";

  @TempDir private Path folder;
  private final List<String> notCovered = new ArrayList<>();
  private final PersonFiles files = new PersonFiles(new PersonRows("jane@example.com"), notCovered);

  /** A regular file that not even root can read from its start. */
  @Test
  @EnabledOnOs(OS.LINUX)
  void aFileThatCannotBeReadIsNamed() {
    files.searchOwn(Path.of("/proc/self"), file -> file.endsWith("mem"));

    assertThat(notCovered).singleElement().asString().startsWith("/proc/self/mem: cannot be read");
    assertThat(files.files()).isEmpty();
  }

  /** They take no room on the disk, and an hour to read. */
  @Test
  @Timeout(60)
  void filesFullOfHolesAreNamedAndNotReadToTheirEnd() throws IOException {
    for (String name : List.of("rows.csv", "rows.txt")) {
      Files.writeString(folder.resolve(name), name.endsWith("csv") ? ROWS : "nothing");
      try (RandomAccessFile file = new RandomAccessFile(folder.resolve(name).toFile(), "rw")) {
        file.setLength(1L << 40);
      }
    }

    files.search(folder, Long.MAX_VALUE);

    assertThat(notCovered)
        .hasSize(2)
        .allMatch(line -> line.contains("is full of zero bytes, so it is not looked through"));
    assertThat(files.files()).isEmpty();
  }

  @Test
  void aFileThatUnpacksToMoreThanTextDoesIsNamed() throws IOException {
    byte[] same = new byte[1 << 20];
    Arrays.fill(same, (byte) 'a');
    try (OutputStream out =
        new GZIPOutputStream(Files.newOutputStream(folder.resolve("x.csv.gz")))) {
      for (int i = 0; i < 64; i++) {
        out.write(same);
      }
      out.write(ROWS.getBytes(StandardCharsets.UTF_8));
    }

    files.search(folder, Long.MAX_VALUE);

    assertThat(notCovered).singleElement().asString().contains("x.csv.gz: unpacks to more");
  }

  @Test
  void aFileLongerThanAnUploadMayBeIsNamedAndOthersAreSearched() throws IOException {
    Files.writeString(folder.resolve("long.csv"), ROWS + "b,\n");
    Files.writeString(folder.resolve("x.csv"), ROWS);

    files.search(folder, ROWS.length());

    assertThat(notCovered)
        .singleElement()
        .asString()
        .contains("long.csv: is longer than an upload");
    assertThat(files.files()).containsExactly(folder.resolve("x.csv"));
  }
}
