package org.kintell.backfill.folder;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.stereotype.Component;
import org.springframework.util.FileSystemUtils;

/**
 * The folder for unfinished files of this process: arriving uploads, and files that are being
 * unpacked and indexed. It is {@code <data>/tmp/<random>}, with a lock that ends with its process.
 * The next start removes the folders of dead processes.
 */
@Component
public class Workspace implements DisposableBean {

  private static final Logger LOG = LoggerFactory.getLogger(Workspace.class);
  private static final String LOCK = ".lock";

  private final Path folder;
  private final FileChannel channel;

  public Workspace(DataFolder data) throws IOException {
    Path all = data.folder("tmp").toAbsolutePath();
    // The cleanup must not find a folder that exists and is not locked yet.
    try (FileChannel one = open(all.resolve(LOCK));
        FileLock alone = one.lock()) {
      LOG.debug("Cleaning {}, {}", all, alone);
      clean(all);
      folder = FileModes.PRIVATE.createFolders(all.resolve(UUID.randomUUID().toString()));
      channel = open(folder.resolve(LOCK));
      channel.lock();
    }
  }

  /** Absolute path of the folder. */
  public Path folder() {
    return folder;
  }

  /** The name of a file that does not exist yet. */
  public Path file(String extension) {
    return folder.resolve(UUID.randomUUID() + extension);
  }

  /** An empty private file, for code that does not set permissions itself. */
  public Path newFile(String extension) throws IOException {
    Path file = file(extension);
    FileModes.PRIVATE.create(file).close();
    return file;
  }

  /** Deletes a file that nobody needs any more; one that stays is logged. */
  public static void discard(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      LOG.warn("Temporary file {} could not be deleted: {}", file, e.toString());
    }
  }

  private static FileChannel open(Path file) throws IOException {
    return FileModes.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
  }

  private static void clean(Path all) throws IOException {
    List<Path> found;
    try (Stream<Path> entries = Files.list(all)) {
      found = entries.filter(path -> !path.endsWith(LOCK)).toList();
    }
    for (Path path : found) {
      if (!isInUse(path)) {
        FileSystemUtils.deleteRecursively(path);
        LOG.info("Removed the files of a process that has ended: {}", path);
      }
    }
  }

  private static boolean isInUse(Path path) throws IOException {
    Path lock = path.resolve(LOCK);
    if (!Files.isDirectory(path) || !Files.exists(lock)) {
      return false;
    }
    try (FileChannel channel = open(lock)) {
      return channel.tryLock() == null;
    } catch (OverlappingFileLockException e) {
      return true;
    }
  }

  @Override
  public void destroy() {
    try {
      FileSystemUtils.deleteRecursively(folder);
      channel.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
