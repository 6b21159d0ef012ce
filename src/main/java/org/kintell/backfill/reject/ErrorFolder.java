package org.kintell.backfill.reject;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.UserPrincipal;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.kintell.backfill.config.BackfillSettings;
import org.kintell.backfill.config.WrongSettingException;
import org.kintell.backfill.folder.FileModes;
import org.kintell.backfill.folder.WritableFolder;
import org.kintell.backfill.job.Job;
import org.kintell.backfill.store.OnBucket;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.annotation.Conditional;
import org.springframework.stereotype.Component;

/**
 * The folder of error files. It may be shared, like {@code /tmp}: a file of another user with the
 * name of an error file is neither overwritten nor shown.
 */
@Component
@Conditional(OnBucket.Not.class)
public class ErrorFolder implements ErrorFiles {

  private static final Logger LOG = LoggerFactory.getLogger(ErrorFolder.class);
  private static final String VARIABLE = "BACKFILL_ERRORS_DIR";
  private static final String PART = ".part";

  private final ErrorFileCopy errorFiles;
  private final FileModes modes;
  private final Path folder;

  /** Owner of files that this process creates there. */
  private final UserPrincipal owner;

  /** Temporary files in use. */
  private final Set<Path> writing = ConcurrentHashMap.newKeySet();

  ErrorFolder(ErrorFileCopy errorFiles, FileModes modes, BackfillSettings settings) {
    this.errorFiles = errorFiles;
    this.modes = modes;
    folder = WritableFolder.of(VARIABLE, settings.errorsDir(), modes);
    try {
      owner = FileModes.ownerIn(folder);
    } catch (IOException e) {
      throw new WrongSettingException(
          VARIABLE, folder.toString(), "a folder that this process can create and write to", e);
    }
  }

  @Override
  public String path(Job job) {
    return file(job.id()).toString();
  }

  private Path file(UUID jobId) {
    return folder.resolve(ErrorFile.name(jobId)).toAbsolutePath().normalize();
  }

  @Override
  public String shownPath(Job job) {
    if (job.errorFilePath() == null && OVER.contains(job.status())) {
      return null;
    }
    Path path = job.errorFilePath() == null ? file(job.id()) : Path.of(job.errorFilePath());
    return isForeign(path) ? null : path.toString();
  }

  /**
   * Writes a temporary file and renames it. Each attempt has its own temporary file, because two
   * attempts may overlap.
   */
  @Override
  public String write(Job job) {
    Path target = file(job.id());
    Path aside = target.resolveSibling(target.getFileName() + "." + UUID.randomUUID() + PART);
    writing.add(aside);
    try {
      modes.createFolders(folder);
      discardAsides(target);
      if (isForeign(target)) {
        throw new IOException("a file of another owner has that name");
      }
      errorFiles.write(job, aside);
      Files.move(aside, target, StandardCopyOption.ATOMIC_MOVE);
      return null;
    } catch (RuntimeException e) {
      discard(aside);
      throw e;
    } catch (IOException e) {
      LOG.warn("Error file not written, jobId: {}, {} ({})", job.id(), target, reason(e, aside));
      discard(aside);
      return ErrorFiles.unwritten(job, target.toString(), reason(e, aside));
    } finally {
      writing.remove(aside);
    }
  }

  /** The reason without the name of the temporary file. */
  private static String reason(IOException e, Path aside) {
    String text = String.valueOf(e.getMessage());
    String words = text.replace(aside + ": ", "");
    return e.getClass() == IOException.class || words.length() < text.length()
        ? words
        : e.getClass().getSimpleName();
  }

  @Override
  public void discard(Job job) {
    discard(file(job.id()));
  }

  /** A file of another user, or one that cannot be deleted, is left. */
  @Override
  public void purge(UUID jobId) {
    Path file = file(jobId);
    try {
      if (isOwn(file)) {
        Files.delete(file);
      }
    } catch (IOException e) {
      LOG.warn(
          "Error file not deleted, jobId: {}: {} ({}). Delete it by hand.",
          jobId,
          file,
          e.getClass().getSimpleName());
    }
  }

  /** Deletes temporary files of interrupted attempts. */
  private void discardAsides(Path target) {
    try (DirectoryStream<Path> asides =
        Files.newDirectoryStream(folder, target.getFileName() + ".*" + PART)) {
      for (Path aside : asides) {
        if (!writing.contains(target.resolveSibling(aside.getFileName()))) {
          discard(aside);
        }
      }
    } catch (IOException | DirectoryIteratorException e) {
      LOG.debug("{} is not looked through: {}", folder, e.toString());
    }
  }

  private void discard(Path file) {
    try {
      if (!isForeign(file)) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      LOG.debug("{} stays behind: {}", file, e.toString());
    }
  }

  private boolean isForeign(Path path) {
    return !Files.notExists(path, LinkOption.NOFOLLOW_LINKS) && !isOwn(path);
  }

  /** Whether it is a file that this service made. */
  public boolean isOwn(Path file) {
    try {
      PosixFileAttributes found =
          Files.readAttributes(file, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
      return found.isRegularFile() && found.owner().equals(owner);
    } catch (IOException e) {
      LOG.debug("{} is not looked at: {}", file, e.toString());
      return false;
    }
  }
}
