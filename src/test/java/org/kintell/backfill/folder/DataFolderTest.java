package org.kintell.backfill.folder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.kintell.backfill.config.WrongSettingException;

/** A data folder that other users could write to. */
class DataFolderTest {

  private static final int NOBODY = 65534;

  @TempDir Path data;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "uploads",
        "uploads/x.csv",
        "pgpass",
        "nats/nats.conf",
        "postgres",
        "postgres-binaries/17/bin/postgres"
      })
  void whatBelongsToSomebodyElseStopsTheStart(String name) throws IOException {
    assumeRoot();
    Path file = data.resolve(name);
    make(file);
    Files.setAttribute(file, "unix:uid", NOBODY);
    assertThatExceptionOfType(WrongSettingException.class)
        .isThrownBy(() -> new DataFolder(data, FileModes.PRIVATE))
        .withMessageStartingWith("Invalid BACKFILL_DATA_DIR '%s': expected ".formatted(data))
        .withMessageContainingAll(file + " belongs to nobody", "remove it, or give it to root")
        .withMessageNotContaining("\n");
  }

  @Test
  void aLinkOfSomebodyElseStopsTheStart() throws IOException {
    assumeRoot();
    Path link = Files.createSymbolicLink(data.resolve("uploads"), Path.of("/etc"));
    Files.getFileAttributeView(link, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
        .setOwner(
            data.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName("nobody"));
    assertThatExceptionOfType(WrongSettingException.class)
        .isThrownBy(() -> new DataFolder(data, FileModes.PRIVATE))
        .withMessageContaining(link + " belongs to nobody");
  }

  @Test
  void whatWasLeftOpenIsClosed() throws IOException {
    for (String name : new String[] {"uploads/x.csv", "nats/nats.url", "tmp/y/.lock"}) {
      make(data.resolve(name));
      Files.setPosixFilePermissions(
          data.resolve(name), PosixFilePermissions.fromString("rw-rw-rw-"));
      Files.setPosixFilePermissions(
          data.resolve(name).getParent(), PosixFilePermissions.fromString("rwxrwxrwx"));
    }
    new DataFolder(data, FileModes.PRIVATE);
    assertThat(mode("uploads")).isEqualTo("rwx------");
    assertThat(mode("uploads/x.csv")).isEqualTo("rw-------");
    assertThat(mode("nats/nats.url")).isEqualTo("rw-------");
    assertThat(mode("tmp/y")).isEqualTo("rwx------");
  }

  /** At the top of a disk there is a folder of root. */
  @Test
  void theTopOfADiskCanBeADataFolder() throws IOException {
    assumeRoot();
    Files.createDirectory(data.resolve("lost+found"));
    Files.setAttribute(data.resolve("lost+found"), "unix:uid", NOBODY);
    assertThatCode(() -> new DataFolder(data, FileModes.PRIVATE)).doesNotThrowAnyException();
  }

  private String mode(String name) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(data.resolve(name)));
  }

  private void make(Path file) throws IOException {
    if (!file.equals(data)) {
      Files.createDirectories(file.getParent());
      Files.writeString(file, "");
    }
  }

  private static void assumeRoot() {
    assumeThat(System.getProperty("user.name"))
        .as("only root can give files to another user")
        .isEqualTo("root");
  }
}
