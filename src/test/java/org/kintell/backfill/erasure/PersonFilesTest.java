package org.kintell.backfill.erasure;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.kintell.backfill.source.PersonRows;

class PersonFilesTest {

  /** A regular file that not even root can read from its start. */
  @Test
  @EnabledOnOs(OS.LINUX)
  void aFileThatCannotBeReadIsNamed() {
    List<String> notCovered = new ArrayList<>();
    PersonFiles files = new PersonFiles(new PersonRows("jane@example.com"), notCovered);

    files.search(Path.of("/proc/self"), file -> file.endsWith("mem"));

    assertThat(notCovered).singleElement().asString().startsWith("/proc/self/mem: cannot be read");
    assertThat(files.files()).isEmpty();
  }
}
