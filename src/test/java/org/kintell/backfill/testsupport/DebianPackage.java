package org.kintell.backfill.testsupport;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Programs of Debian's packages: from the PATH, else downloaded or installed. */
public final class DebianPackage {

  private DebianPackage() {}

  /** The executable of this name on the PATH, if there is one. */
  public static Optional<Path> onThePath(String program) {
    return Arrays.stream(System.getenv("PATH").split(File.pathSeparator))
        .map(folder -> Path.of(folder, program))
        .filter(Files::isExecutable)
        .findFirst();
  }

  /**
   * The executable on the PATH, else that of the package, unpacked under target.
   *
   * @param location its path in the package, from the root of the file system
   */
  public static Path program(String name, String location) {
    Path file = Path.of(location);
    return onThePath(file.getFileName().toString())
        .orElseGet(() -> fetched(name).resolve(file.toString()));
  }

  /** The folder that stands for the root of the file system, filled once under target. */
  public static Path fetched(String name) {
    return MadeOnce.folder(
        Path.of("target", "packages", name),
        FileTime.fromMillis(0),
        folder ->
            run(
                folder,
                "(apt-get download %1$s || (apt-get update && apt-get download %1$s)) && dpkg -x %1$s_*.deb ."
                    .formatted(name)));
  }

  /**
   * Installs packages that do not run from another folder. Only with the variable CI and sufficient
   * rights, so that a test changes no developer's machine.
   */
  public static void installOnCi(String... names) {
    if (System.getenv("CI") == null || !"root".equals(System.getProperty("user.name"))) {
      return;
    }
    String all = String.join(" ", names);
    MadeOnce.folder(
        Path.of("target", "packages", "installed-" + String.join("-", names)),
        FileTime.fromMillis(0),
        folder ->
            run(
                folder,
                "export DEBIAN_FRONTEND=noninteractive; (apt-get install -y --no-install-recommends %1$s"
                        .formatted(all)
                    + " || (apt-get update && apt-get install -y --no-install-recommends %1$s))"
                        .formatted(all)));
  }

  private static void run(Path folder, String script) throws IOException, InterruptedException {
    Path log = folder.resolve("fetch.log");
    Process fetch =
        new ProcessBuilder("sh", "-c", script)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    if (!fetch.waitFor(5, TimeUnit.MINUTES) || fetch.exitValue() != 0) {
      throw new IllegalStateException("Debian's packages could not be fetched; see " + log);
    }
  }
}
