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
 * The folder for the unfinished files of this process: uploads as they arrive, and files that are
 * being unpacked and indexed. It is {@code <data>/tmp/<anything>}, with a lock that dies with its
 * process; what a process that died left there is removed when the next one starts.
 */
@Component
public class Workspace implements DisposableBean {

  private static final Logger LOG = LoggerFactory.getLogger(Workspace.class);
  private static final String LOCK = ".lock";

  private final Path folder;
  private final FileChannel channel;

  public Workspace(DataFolder data) throws IOException {
    Path all = data.folder("tmp").toAbsolutePath();
    // Whoever cleans must not meet a folder that is made already and not locked yet.
    try (FileChannel one = open(all.resolve(LOCK));
        FileLock alone = one.lock()) {
      LOG.debug("Cleaning {}, {}", all, alone);
      clean(all);
      folder = FileModes.PRIVATE.createFolders(all.resolve(UUID.randomUUID().toString()));
      channel = open(folder.resolve(LOCK));
      channel.lock();
    }
  }

  /** Where the files go; absolute. */
  public Path folder() {
    return folder;
  }

  /** The name of a file that does not exist yet. */
  public Path file(String extension) {
    return folder.resolve(UUID.randomUUID() + extension);
  }

  /** An empty file, to be written by somebody who does not care for its rights. */
  public Path newFile(String extension) throws IOException {
    Path file = file(extension);
    FileModes.PRIVATE.create(file).close();
    return file;
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
