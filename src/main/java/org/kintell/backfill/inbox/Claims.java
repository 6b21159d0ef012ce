package org.kintell.backfill.inbox;

import static java.util.stream.Collectors.toSet;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.kintell.backfill.folder.FileModes;
import org.kintell.backfill.folder.OwnFolder;
import org.kintell.backfill.job.Ownership;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The claimed files. Each belongs to the process that claimed it; when that dies, to the one that
 * renames its folder first.
 */
final class Claims {

  private static final Logger LOG = LoggerFactory.getLogger(Claims.class);

  /** Owner, job, file. */
  private static final int DEPTH = 3;

  private final OwnFolder folder;
  private final Ownership ownership;

  Claims(OwnFolder folder, Ownership ownership) {
    this.folder = folder;
    this.ownership = ownership;
  }

  /**
   * Claims a file by an atomic rename, so that it is imported at most once.
   *
   * @throws NoSuchFileException if another process was faster
   * @throws IOException if it cannot be renamed; it stays in the inbox
   */
  Optional<Claim> take(Path file, UUID jobId) throws IOException {
    Path job = own().resolve(Claim.folder(jobId, FileVersion.of(file)));
    try {
      FileModes.PRIVATE.createFolders(job);
      Path claimed =
          Files.move(file, job.resolve(file.getFileName()), StandardCopyOption.ATOMIC_MOVE);
      takeParameters(file, claimed);
      return Claim.of(claimed);
    } catch (IOException e) {
      Files.deleteIfExists(job);
      throw e;
    }
  }

  private static void takeParameters(Path file, Path claimed) throws IOException {
    Path json = FileParameters.beside(file);
    if (Files.isRegularFile(json, LinkOption.NOFOLLOW_LINKS)) {
      Files.move(json, FileParameters.beside(claimed), StandardCopyOption.ATOMIC_MOVE);
    }
  }

  boolean isOwn(Claim claim) {
    return claim.owner() == ownership.number();
  }

  /** The claims of this process and of dead ones. */
  List<Claim> unattended() throws IOException {
    List<Claim> claims = all();
    Set<Long> others =
        claims.stream()
            .filter(claim -> !isOwn(claim))
            .map(Claim::owner)
            .distinct()
            .filter(ownership::isAlive)
            .collect(toSet());
    claims.removeIf(claim -> others.contains(claim.owner()));
    return claims;
  }

  /** All claims; other files, and those that cannot be read, are ignored. */
  private List<Claim> all() throws IOException {
    List<Claim> claims = new ArrayList<>();
    if (!folder.exists()) {
      return claims;
    }
    // A link to the folder itself is followed; links in it are not.
    Files.walkFileTree(
        folder.path().toRealPath(),
        Set.of(),
        DEPTH,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            if (attributes.isRegularFile()) {
              Claim.of(file).ifPresent(claims::add);
            }
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException e) {
            LOG.debug("{} is ignored: {}", file, e.toString());
            return FileVisitResult.CONTINUE;
          }
        });
    return claims;
  }

  /**
   * Makes a claim this process's own; empty if another process was faster or the file is gone. Only
   * one of several processes can rename a folder.
   */
  Optional<Claim> adopt(Claim claim) throws IOException {
    Path file = isOwn(claim) ? claim.file() : renamed(claim.folder()).resolve(claim.name());
    // Missing if a process that was wrongly considered dead has moved it.
    return Files.exists(file) ? Claim.of(file) : Optional.empty();
  }

  private Path renamed(Path job) throws IOException {
    Path adopted = own().resolve(job.getFileName());
    try {
      Files.move(job, adopted, StandardCopyOption.ATOMIC_MOVE);
    } catch (NoSuchFileException e) {
      LOG.debug("{} was adopted by another process", job);
    }
    return adopted;
  }

  private Path own() throws IOException {
    return FileModes.PRIVATE.createFolders(
        folder.made(FileModes.PRIVATE).resolve(Long.toString(ownership.number())));
  }
}
