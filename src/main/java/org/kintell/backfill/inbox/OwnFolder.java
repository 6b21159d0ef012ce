package org.kintell.backfill.inbox;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import org.kintell.backfill.FileModes;

/**
 * A folder of this service within the inbox, where others may have the right to write. It may be a
 * link to elsewhere if its operator made that, and not if somebody else did.
 *
 * @param own something of this service's own, to compare its owner with
 */
record OwnFolder(Path path, Path own) {

  private static final int ROOT = 0;

  /**
   * The folder, made with these rights where it is missing.
   *
   * @throws FileSystemException where it is somebody else's link
   */
  Path made(FileModes modes) throws IOException {
    return modes.createFolders(checked());
  }

  /** Whether it is there. */
  boolean exists() throws IOException {
    return Files.isDirectory(checked());
  }

  /**
   * The folder, whether it is there or not.
   *
   * @throws FileSystemException where it is somebody else's link
   */
  Path checked() throws IOException {
    if (Files.isSymbolicLink(path) && !isTrusted()) {
      throw new FileSystemException(
          path.toString(),
          null,
          path.getFileName() + " is a symbolic link that another user made. Remove the link");
    }
    return path;
  }

  private boolean isTrusted() throws IOException {
    if (!path.getFileSystem().supportedFileAttributeViews().contains("unix")) {
      return false;
    }
    int user = user(path);
    return user == ROOT || user == user(own);
  }

  private static int user(Path file) throws IOException {
    return (Integer) Files.getAttribute(file, "unix:uid", LinkOption.NOFOLLOW_LINKS);
  }
}
