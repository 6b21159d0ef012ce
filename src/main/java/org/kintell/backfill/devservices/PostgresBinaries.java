package org.kintell.backfill.devservices;

import java.io.BufferedInputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import java.util.zip.CheckedInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.kintell.backfill.folder.DataFolder;
import org.kintell.backfill.folder.FileModes;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.util.FileSystemUtils;
import org.tukaani.xz.XZInputStream;

/**
 * PostgreSQL's programs, unpacked from the class path into the data folder. Data of an older major
 * version keep the programs that an earlier build unpacked there, because newer programs cannot
 * read them. Programs that other users could have changed are unpacked again.
 */
final class PostgresBinaries {

  private static final Logger LOG = LoggerFactory.getLogger(PostgresBinaries.class);

  private static final String COMPLETE = "complete";

  private PostgresBinaries() {}

  /**
   * The folder with {@code bin} in it.
   *
   * @param made the major version of the data, such as 17; null without data
   */
  static Path in(Path dataDir, String made) throws IOException {
    Path all = dataDir.resolve(DataFolder.BINARIES);
    Path folder = all.resolve(version());
    if (Files.exists(all) && !isSafe(all)) {
      FileSystemUtils.deleteRecursively(all);
      LOG.info("Unpacking PostgreSQL into {}", folder);
    }
    if (!Files.exists(folder.resolve(COMPLETE))) {
      FileSystemUtils.deleteRecursively(folder);
      try (InputStream packed = packed()) {
        unpack(packed, folder);
      }
    }
    List<Path> others = others(all, folder);
    if (others.isEmpty()) {
      return folder;
    }
    boolean fits = made == null || made.equals(majorVersion(folder));
    for (Path other : others) {
      if (fits) {
        FileSystemUtils.deleteRecursively(other);
      } else if (Files.exists(other.resolve(COMPLETE)) && made.equals(majorVersion(other))) {
        LOG.info("PostgreSQL {} created the data; they keep its programs in {}", made, other);
        return other;
      }
    }
    return folder;
  }

  private static List<Path> others(Path all, Path folder) throws IOException {
    try (Stream<Path> folders = Files.list(all)) {
      return folders.filter(other -> !other.equals(folder)).toList();
    }
  }

  private static String majorVersion(Path folder) throws IOException {
    return new PostgresProgram(folder).majorVersion();
  }

  private static boolean isSafe(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : (Iterable<Path>) files::iterator) {
        if (!Files.isSymbolicLink(file) && DataFolder.isWritableByOthers(file)) {
          LOG.warn("Other users can write to {}", file);
          return false;
        }
      }
      return true;
    }
  }

  /** Creates the folder, and marks it as complete. */
  static void unpack(InputStream packed, Path folder) throws IOException {
    FileModes.PRIVATE.createFolders(folder);
    try (TarArchiveInputStream tar =
        new TarArchiveInputStream(new BufferedInputStream(new XZInputStream(packed)))) {
      for (TarArchiveEntry entry; (entry = tar.getNextEntry()) != null; ) {
        Path target = folder.resolve(entry.getName()).normalize();
        if (!target.startsWith(folder)) {
          throw new IOException("PostgreSQL's archive has an entry outside of it: " + target);
        }
        unpack(tar, entry, target);
      }
    }
    FileModes.PRIVATE.create(folder.resolve(COMPLETE)).close();
  }

  private static void unpack(InputStream content, TarArchiveEntry entry, Path target)
      throws IOException {
    if (entry.isDirectory()) {
      FileModes.PRIVATE.createFolders(target);
      return;
    }
    FileModes.PRIVATE.createFolders(target.getParent());
    if (entry.isSymbolicLink()) {
      Files.createSymbolicLink(target, Path.of(entry.getLinkName()));
      return;
    }
    try (OutputStream file = Channels.newOutputStream(FileModes.PRIVATE.create(target))) {
      content.transferTo(file);
    }
    if ((entry.getMode() & 0100) != 0) {
      Files.setPosixFilePermissions(target, PosixFilePermissions.fromString("rwx------"));
    }
  }

  /** Name of the folder: length and checksum of the archive. */
  private static String version() throws IOException {
    try (CheckedInputStream packed = new CheckedInputStream(packed(), new CRC32C())) {
      long length = packed.transferTo(OutputStream.nullOutputStream());
      return "%d-%08x".formatted(length, packed.getChecksum().getValue());
    }
  }

  /**
   * The archive for this kind of machine. It is looked up by name, because the library's resolver
   * writes a script into the shared folder for temporary files and runs it.
   */
  private static InputStream packed() throws IOException {
    String system = System.getProperty("os.name").startsWith("Mac") ? "darwin" : "linux";
    String machine = System.getProperty("os.arch");
    boolean intel = machine.equals("amd64") || machine.equals("x86_64");
    String name = "/postgres-%s-%s.txz".formatted(system, intel ? "x86_64" : "arm_64");
    InputStream packed = PostgresBinaries.class.getResourceAsStream(name);
    if (packed == null) {
      throw new FileNotFoundException(
          "no PostgreSQL for %s on %s comes with the service: set DATABASE_URL"
              .formatted(system, machine));
    }
    return packed;
  }
}
