package org.kintell.backfill;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** A package of Debian's that is not installed: fetched and unpacked under target, once. */
public final class DebianPackage {

  private DebianPackage() {}

  /** The folder that stands for the root of the file system. */
  public static Path fetched(String name) {
    try {
      Path folder = Path.of("target", "packages", name).toAbsolutePath();
      Path complete = folder.resolve("complete");
      if (!Files.exists(complete)) {
        Files.createDirectories(folder);
        String script =
            "(apt-get download %1$s || (apt-get update && apt-get download %1$s)) && dpkg -x %1$s_*.deb ."
                .formatted(name);
        Process fetch =
            new ProcessBuilder("sh", "-c", script)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("fetch.log").toFile())
                .start();
        if (!fetch.waitFor(3, TimeUnit.MINUTES) || fetch.exitValue() != 0) {
          throw new IllegalStateException(
              name
                  + " is not installed, and Debian's package could not be fetched; see "
                  + folder.resolve("fetch.log"));
        }
        Files.createFile(complete);
      }
      return folder;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
