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
 * A folder of this service within the inbox, where other users may write. It may be a link if the
 * operator created that, but not if another user did.
 *
 * @param own a file of this service, whose owner is compared
 */
public record OwnFolder(Path path, Path own) {

  private static final int ROOT = 0;

  /**
   * The folder, created with these permissions if missing.
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
   * The folder, which may be missing.
   *
   * @throws FileSystemException where it is somebody else's link or folder
   */
  public Path checked() throws IOException {
    try {
      trusted();
    } catch (NoSuchFileException e) {
      // It does not exist yet.
      return path;
    }
    return path;
  }

  /**
   * The open folder: a replacement after the check has no effect.
   *
   * @throws NoSuchFileException if it is missing
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

  /** Result of one system call, so that the folder cannot be replaced between two checks. */
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
        // A network share may assign all files to one user, those of this service too.
        || (!isLink(found) && found.get("owner").equals(FileModes.ownerIn(path.getParent())));
  }

  private static boolean isLink(Map<String, Object> found) {
    return (Boolean) found.get("isSymbolicLink");
  }

  private static Object key(SecureDirectoryStream<Path> opened) throws IOException {
    return opened.getFileAttributeView(BasicFileAttributeView.class).readAttributes().fileKey();
  }
}
