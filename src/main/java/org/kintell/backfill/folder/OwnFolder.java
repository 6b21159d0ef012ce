package org.kintell.backfill.folder;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.attribute.BasicFileAttributeView;
import java.util.Map;

/**
 * A folder of this service within the inbox, where others may have the right to write. It may be a
 * link to elsewhere if its operator made that, and not if somebody else did.
 *
 * @param own something of this service's own, to compare its owner with
 */
public record OwnFolder(Path path, Path own) {

  private static final int ROOT = 0;

  /**
   * The folder, made with these rights where it is missing.
   *
   * @throws FileSystemException where it is somebody else's link or folder
   */
  public Path made(FileModes modes) throws IOException {
    return modes.createFolders(checked());
  }

  /** Whether it is there. */
  public boolean exists() throws IOException {
    return Files.isDirectory(checked());
  }

  /**
   * The folder, whether it is there or not.
   *
   * @throws FileSystemException where it is somebody else's link or folder
   */
  public Path checked() throws IOException {
    try {
      trusted();
    } catch (NoSuchFileException e) {
      // Nobody made it yet.
      return path;
    }
    return path;
  }

  /**
   * The folder, held open: what is put in its place after the check is not used.
   *
   * @throws NoSuchFileException where it is not there
   * @throws FileSystemException where it is somebody else's link or folder
   */
  public SecureDirectoryStream<Path> open() throws IOException {
    Map<String, Object> checked = trusted();
    DirectoryStream<Path> entries = Files.newDirectoryStream(path);
    try {
      if (entries instanceof SecureDirectoryStream<Path> opened
          && (isLink(checked) || key(opened).equals(checked.get("fileKey")))) {
        return opened;
      }
      throw new FileSystemException(
          path.toString(), null, path.getFileName() + " was replaced while it was opened");
    } catch (IOException | RuntimeException e) {
      entries.close();
      throw e;
    }
  }

  /** What one look at it finds, so that nothing can be replaced between two looks. */
  private Map<String, Object> trusted() throws IOException {
    boolean hasOwners = path.getFileSystem().supportedFileAttributeViews().contains("unix");
    Map<String, Object> found =
        Files.readAttributes(
            path,
            hasOwners ? "unix:uid,owner,isSymbolicLink,fileKey" : "isSymbolicLink,fileKey",
            LinkOption.NOFOLLOW_LINKS);
    if (hasOwners ? !isTrusted(found) : isLink(found)) {
      throw new FileSystemException(
          path.toString(),
          null,
          isLink(found)
              ? path.getFileName() + " is a symbolic link that another user made. Remove the link"
              : path.getFileName() + " belongs to another user. Remove it, or change its owner");
    }
    return found;
  }

  private boolean isTrusted(Map<String, Object> found) throws IOException {
    Object user = found.get("uid");
    return user.equals(ROOT)
        || user.equals(Files.getAttribute(own, "unix:uid", LinkOption.NOFOLLOW_LINKS))
        // A network share may give all files to one user, and so those of this service.
        || (!isLink(found) && found.get("owner").equals(FileModes.ownerIn(path.getParent())));
  }

  private static boolean isLink(Map<String, Object> found) {
    return (Boolean) found.get("isSymbolicLink");
  }

  private static Object key(SecureDirectoryStream<Path> opened) throws IOException {
    return opened.getFileAttributeView(BasicFileAttributeView.class).readAttributes().fileKey();
  }
}
