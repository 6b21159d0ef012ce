package org.kintell.backfill.folder;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.UserPrincipal;
import java.util.Set;
import org.kintell.backfill.config.BackfillSettings;
import org.kintell.backfill.config.WrongSettingException;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.stereotype.Component;

/**
 * The data folder, in which everything belongs to this process's user, and no other user can write.
 * The check runs before any use. It removes permissions that earlier versions left to others. A
 * file of another user stops the start, because its origin is unknown.
 */
@Component
public class DataFolder {

  private static final String VARIABLE = "BACKFILL_DATA_DIR";

  /**
   * The programs of the embedded PostgreSQL: those that others could write to are unpacked again.
   */
  public static final String BINARIES = "postgres-binaries";

  /** The data of the embedded PostgreSQL, which keeps it private by itself. */
  public static final String POSTGRES = "postgres";

  public static final String UPLOADS = "uploads";

  /** The file system creates it for root at the top of each disk. */
  private static final String LOST_AND_FOUND = "lost+found";

  private final Path path;

  private final FileModes modes;

  /** The same without links. */
  private final Path root;

  /**
   * @throws WrongSettingException if the folder is unusable, with the path that is the reason
   */
  @Autowired
  DataFolder(BackfillSettings settings, FileModes modes) {
    this(settings.dataDir(), modes);
  }

  public DataFolder(Path dataDir, FileModes modes) {
    this.modes = modes;
    path = WritableFolder.of(VARIABLE, dataDir, modes);
    try {
      root = path.toRealPath();
      Files.walkFileTree(root, new Check(FileModes.ownerIn(root)));
    } catch (IOException e) {
      throw new WrongSettingException(
          VARIABLE, dataDir.toString(), "a folder that this process can create and write to", e);
    }
  }

  /** Permissions of stored files, which a group may read. */
  public FileModes modes() {
    return modes;
  }

  /** The path in the setting. */
  public Path path() {
    return path;
  }

  /**
   * A folder within it, created if missing.
   *
   * @throws WrongSettingException if it cannot be created or written to
   */
  public Path folder(String name) {
    return WritableFolder.within(
        VARIABLE, path, name, name.equals(UPLOADS) ? modes : FileModes.PRIVATE);
  }

  private final class Check extends SimpleFileVisitor<Path> {

    private final UserPrincipal owner;

    Check(UserPrincipal owner) {
      this.owner = owner;
    }

    @Override
    public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes)
        throws IOException {
      if (folder.equals(root.resolve(LOST_AND_FOUND))) {
        return FileVisitResult.SKIP_SUBTREE;
      }
      check(folder, attributes);
      return folder.equals(root.resolve(POSTGRES))
          ? FileVisitResult.SKIP_SUBTREE
          : FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
      check(file, attributes);
      return FileVisitResult.CONTINUE;
    }

    /** Other processes on the folder may remove files meanwhile. */
    @Override
    public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
      if (e instanceof NoSuchFileException) {
        return FileVisitResult.CONTINUE;
      }
      requireOwn(file);
      throw e;
    }

    @Override
    public FileVisitResult postVisitDirectory(Path folder, IOException e) throws IOException {
      return e == null || e instanceof NoSuchFileException
          ? FileVisitResult.CONTINUE
          : super.postVisitDirectory(folder, e);
    }

    private void check(Path file, BasicFileAttributes attributes) throws IOException {
      try {
        requireOwn(file);
        // The owner of a link has chosen its target.
        if (!attributes.isSymbolicLink() && !file.startsWith(root.resolve(BINARIES))) {
          close(file, attributes.isDirectory());
        }
      } catch (NoSuchFileException e) {
        // Removed meanwhile.
      }
    }

    private void requireOwn(Path file) throws IOException {
      UserPrincipal found = Files.getOwner(file, LinkOption.NOFOLLOW_LINKS);
      if (!found.equals(owner)) {
        throw refused(
            file,
            "belongs to %s and not to %s: remove it, or give it to %s"
                .formatted(found.getName(), owner.getName(), owner.getName()));
      }
    }

    private void close(Path file, boolean isFolder) throws IOException {
      FileModes wanted = isShared(file) ? modes : FileModes.PRIVATE;
      if (!wanted.fit(file, isFolder)) {
        wanted.apply(file, isFolder);
        if (isWritableByOthers(file)) {
          throw refused(file, "can be written to by others, and its file system keeps it so");
        }
      }
    }

    private boolean isShared(Path file) {
      return file.equals(root) || file.startsWith(root.resolve(UPLOADS));
    }
  }

  private WrongSettingException refused(Path file, String why) {
    return new WrongSettingException(
        VARIABLE,
        path.toString(),
        "a folder in which everything belongs to this process's user alone; %s %s"
            .formatted(file.toAbsolutePath().normalize(), why));
  }

  /** Whether a user other than its owner may write to it. */
  public static boolean isWritableByOthers(Path file) throws IOException {
    Set<PosixFilePermission> permissions =
        Files.readAttributes(file, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
            .permissions();
    return permissions.contains(PosixFilePermission.GROUP_WRITE)
        || permissions.contains(PosixFilePermission.OTHERS_WRITE);
  }
}
