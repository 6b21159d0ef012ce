package org.kintell.backfill.ops;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.kintell.backfill.config.Variables;
import org.kintell.backfill.config.Version;

/** A zip of text files. Unavailable content is replaced by the reason. */
public final class Bundle {

  private final Map<String, String> files = new LinkedHashMap<>();

  /** With the facts that need no database: version, machine, variables. */
  public Bundle() {
    add(
        "version.txt",
        () ->
            "kintell-connector %s\nJava %s, %s %s, %d processors, %d MB of heap at most\nprocess %d, %s\n"
                .formatted(
                    Version.read(),
                    Runtime.version(),
                    System.getProperty("os.name"),
                    System.getProperty("os.version"),
                    Runtime.getRuntime().availableProcessors(),
                    Runtime.getRuntime().maxMemory() >> 20,
                    ProcessHandle.current().pid(),
                    Instant.now()));
    add(
        "settings.txt",
        () ->
            Variables.shown(System.getenv()).entrySet().stream()
                .map(setting -> setting.getKey() + "=" + setting.getValue() + "\n")
                .collect(Collectors.joining()));
  }

  /** Adds a file. */
  Bundle add(String name, Callable<String> content) {
    try {
      files.put(name, content.call());
    } catch (Exception e) {
      files.put(name, "not available: " + e.getClass().getSimpleName() + "\n");
    }
    return this;
  }

  /** Adds the free space of folders. */
  Bundle addFolders(Path... folders) {
    return add(
        "folders.txt",
        () ->
            Stream.of(folders)
                .map(Bundle::room)
                .collect(Collectors.joining("\n", "folder\tfree MB\ttotal MB\twritable\n", "\n")));
  }

  private static String room(Path folder) {
    try {
      var store = Files.getFileStore(folder);
      return "%s\t%d\t%d\t%b"
          .formatted(
              folder.toAbsolutePath().normalize(),
              store.getUsableSpace() >> 20,
              store.getTotalSpace() >> 20,
              Files.isWritable(folder));
    } catch (IOException e) {
      return folder + "\t" + e.getClass().getSimpleName();
    }
  }

  /** The zip. */
  public byte[] zip() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      for (Map.Entry<String, String> file : files.entrySet()) {
        zip.putNextEntry(new ZipEntry("kintell-support/" + file.getKey()));
        zip.write(file.getValue().getBytes(StandardCharsets.UTF_8));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }
}
