package org.kintell.backfill.folder;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.GroupPrincipal;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.util.Set;
import java.util.UUID;

/**
 * Creates files and folders that only this process's user can use, or that one group can read as
 * well. The permissions are part of the call that creates a file: the umask can only remove
 * permissions, and no other user may open the file before they are right.
 */
public final class FileModes {

  /** Files are 0600 and folders 0700. */
  public static final FileModes PRIVATE = new FileModes(null);

  private static final Set<PosixFilePermission> OWNERS_FOLDER =
      PosixFilePermissions.fromString("rwx------");
  private static final Set<PosixFilePermission> OWNERS_FILE =
      PosixFilePermissions.fromString("rw-------");
  private static final Set<PosixFilePermission> GROUPS_FOLDER =
      PosixFilePermissions.fromString("rwxr-x---");
  private static final Set<PosixFilePermission> GROUPS_FILE =
      PosixFilePermissions.fromString("rw-r-----");

  /** Null for no group. */
  private final GroupPrincipal group;

  private FileModes(GroupPrincipal group) {
    this.group = group;
  }

  /** Files are 0640 and folders 0750, and the group is this one. */
  static FileModes readableBy(GroupPrincipal group) {
    return new FileModes(group);
  }

  /**
   * Creates a folder and its parents if missing. An existing folder keeps its permissions.
   *
   * @throws FileAlreadyExistsException if it is not a folder
   */
  public Path createFolders(Path folder) throws IOException {
    if (Files.isDirectory(folder)) {
      return folder;
    }
    Path parent = folder.toAbsolutePath().getParent();
    if (parent != null) {
      createFolders(parent);
    }
    try {
      Files.createDirectory(folder, attribute(OWNERS_FOLDER));
      share(folder);
    } catch (FileAlreadyExistsException e) {
      // Another thread or process may have been faster.
      if (!Files.isDirectory(folder)) {
        throw e;
      }
    }
    return folder;
  }

  /**
   * A new file, to be written.
   *
   * @throws FileAlreadyExistsException if the name exists, also as a link
   */
  public FileChannel create(Path file) throws IOException {
    FileChannel channel = open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    try {
      share(file);
      return channel;
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  /** Writes a file anew. Until the new content is on the disk, the file has the old one. */
  public void replace(Path file, byte[] content) throws IOException {
    Path part = file.resolveSibling(UUID.randomUUID() + ".part");
    try {
      try (FileChannel channel = create(part)) {
        channel.write(ByteBuffer.wrap(content));
        channel.force(true);
      }
      Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(part);
    }
  }

  /**
   * Opens a file, which is private if this call creates it; an existing one keeps its permissions.
   */
  public static FileChannel open(Path file, OpenOption... options) throws IOException {
    return FileChannel.open(file, Set.of(options), attribute(OWNERS_FILE));
  }

  /** Owner of a file that this process creates in a folder. */
  public static UserPrincipal ownerIn(Path folder) throws IOException {
    Path probe = folder.resolve(".owner-" + UUID.randomUUID());
    PRIVATE.create(probe).close();
    try {
      return Files.getOwner(probe, LinkOption.NOFOLLOW_LINKS);
    } finally {
      Files.deleteIfExists(probe);
    }
  }

  /** Whether a file has the permissions that this object sets. */
  boolean fit(Path path, boolean isFolder) throws IOException {
    var found =
        Files.getFileAttributeView(path, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
            .readAttributes();
    return found.permissions().equals(permissions(isFolder))
        && (group == null || group.equals(found.group()));
  }

  /** Sets the permissions of a new file on an existing one. */
  void apply(Path path, boolean isFolder) throws IOException {
    if (group != null) {
      view(path).setGroup(group);
    }
    view(path).setPermissions(permissions(isFolder));
  }

  private Set<PosixFilePermission> permissions(boolean isFolder) {
    return group == null
        ? (isFolder ? OWNERS_FOLDER : OWNERS_FILE)
        : (isFolder ? GROUPS_FOLDER : GROUPS_FILE);
  }

  private void share(Path made) throws IOException {
    if (group != null) {
      apply(made, Files.isDirectory(made, LinkOption.NOFOLLOW_LINKS));
    }
  }

  /** Not {@code NOFOLLOW_LINKS}: Linux cannot set the rights of a link, and Java refuses to try. */
  private static PosixFileAttributeView view(Path path) {
    return Files.getFileAttributeView(path, PosixFileAttributeView.class);
  }

  private static FileAttribute<Set<PosixFilePermission>> attribute(
      Set<PosixFilePermission> permissions) {
    return PosixFilePermissions.asFileAttribute(permissions);
  }
}
