package org.kintell.backfill.cli.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of the file that a command writes. */
class TargetFileTest {

  private static final String OLD = "corrected by hand";

  @TempDir private Path folder;

  private Path file;

  @BeforeEach
  void writeTheOldOne() throws IOException {
    file = Files.writeString(folder.resolve("rejects.csv"), OLD);
  }

  private static TargetFile target(Path path) {
    return new TargetFile(path.toString(), part -> {});
  }

  private static void write(OutputStream out, String text) {
    try {
      out.write(text.getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String permissions(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }

  @Test
  void aRequestThatFailsLeavesTheOldContentAndNothingElse() {
    assertThatThrownBy(
            () ->
                target(file)
                    .write(
                        out -> {
                          write(out, "half");
                          throw new IllegalStateException("the connection broke off");
                        }))
        .isInstanceOf(IllegalStateException.class);
    assertThat(file).hasContent(OLD);
    assertThat(folder.toFile().list()).containsExactly("rejects.csv");
  }

  @Test
  void anExistingFileKeepsItsPermissionsAndANewOneIsPrivate() throws IOException {
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
    target(file).write(out -> write(out, "new"));
    assertThat(file).hasContent("new");
    assertThat(permissions(file)).isEqualTo("rw-r-----");
    Path other = folder.resolve("other.csv");
    target(other).write(out -> write(out, "new"));
    assertThat(permissions(other)).isEqualTo("rw-------");
  }

  @Test
  void aLinkStaysALink() throws IOException {
    Path link = Files.createSymbolicLink(folder.resolve("link.csv"), file);
    target(link).write(out -> write(out, "new"));
    assertThat(link).isSymbolicLink();
    assertThat(file).hasContent("new");
  }

  @Test
  void aPipeTakesTheContentAndStaysAPipe() throws Exception {
    Path pipe = folder.resolve("pipe");
    assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
    Path read = folder.resolve("read");
    Process reader =
        new ProcessBuilder("cat", pipe.toString()).redirectOutput(read.toFile()).start();
    target(pipe).write(out -> write(out, "new"));
    assertThat(reader.waitFor()).isZero();
    assertThat(read).hasContent("new");
    assertThat(Files.isRegularFile(pipe)).isFalse();
    assertThat(target(pipe).remove(file)).isFalse();
  }

  @Test
  void theFileOfAnEarlierCommandIsRemovedUnlessItIsTheOneToKeep() throws IOException {
    assertThat(target(file).remove(Files.createSymbolicLink(folder.resolve("same"), file)))
        .isFalse();
    assertThat(file).hasContent(OLD);
    assertThat(target(file).remove(folder.resolve("input.csv"))).isTrue();
    assertThat(file).doesNotExist();
    assertThat(target(file).remove(folder.resolve("input.csv"))).isFalse();
  }
}
