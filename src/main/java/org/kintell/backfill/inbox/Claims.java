package org.kintell.backfill.inbox;

import static java.util.stream.Collectors.toSet;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
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
 * The files that are claimed. One process sees to each: the one that took it, and when that died,
 * whoever renames its folder first.
 */
final class Claims {

  private static final Logger LOG = LoggerFactory.getLogger(Claims.class);

  /** An owner's folder, a job's, and the file. */
  private static final int DEPTH = 3;

  private final OwnFolder folder;
  private final Ownership ownership;

  Claims(OwnFolder folder, Ownership ownership) {
    this.folder = folder;
    this.ownership = ownership;
  }

  /**
   * Takes a file out of the inbox by renaming it, and never by copying: so it is imported at most
   * once.
   *
   * @throws NoSuchFileException where another process was faster
   * @throws IOException where it cannot be renamed; then it is where it was
   */
  Optional<Claim> take(Path file, UUID jobId) throws IOException {
    Path job = own().resolve(Claim.folder(jobId, FileVersion.of(file)));
    try {
      FileModes.PRIVATE.createFolders(job);
      return Claim.of(
          Files.move(file, job.resolve(file.getFileName()), StandardCopyOption.ATOMIC_MOVE));
    } catch (IOException e) {
      Files.deleteIfExists(job);
      throw e;
    }
  }

  boolean isOwn(Claim claim) {
    return claim.owner() == ownership.number();
  }

  /** Those that no other process sees to: this one's own, and those of dead processes. */
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

  /** What is no claim is passed over, and so is what was moved or cannot be read. */
  private List<Claim> all() throws IOException {
    List<Claim> claims = new ArrayList<>();
    if (!folder.exists()) {
      return claims;
    }
    // A link to the folder itself is followed, and none in it.
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
            LOG.debug("{} is passed over: {}", file, e.toString());
            return FileVisitResult.CONTINUE;
          }
        });
    return claims;
  }

  /**
   * Makes the claim this process's own, unless it is already; empty where another process did, or
   * the file is gone. Of several that rename a folder one can, and it is in one place at any
   * moment.
   */
  Optional<Claim> adopt(Claim claim) throws IOException {
    Path file = isOwn(claim) ? claim.file() : renamed(claim.folder()).resolve(claim.name());
    // A process that was only taken for dead may have moved it before, and cannot any more.
    return Files.exists(file) ? Claim.of(file) : Optional.empty();
  }

  /** Where the folder would be if it were this process's, and is if no other one was first. */
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
