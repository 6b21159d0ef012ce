package org.kintell.backfill.cli.service;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.UUID;
import java.util.function.Consumer;
import org.kintell.backfill.folder.FileModes;

/** A file that a command writes. Until the new content is complete, the file keeps the old one. */
public final class TargetFile {

  private final String name;
  private final Path path;
  private final Consumer<Path> incomplete;

  /**
   * @param incomplete takes a file that is to be removed if this process ends while it is written
   */
  public TargetFile(String name, Consumer<Path> incomplete) {
    this.name = name;
    path = Path.of(name).toAbsolutePath();
    this.incomplete = incomplete;
  }

  /** Refuses at once what could not be written later. */
  public void requireWritable() {
    if (Files.isDirectory(path)
        || !Files.isWritable(Files.exists(path) ? path : path.getParent())) {
      throw new Failure(ExitCode.WRONG_USAGE, name + " cannot be written");
    }
  }

  /** Writes it for this user only; a file that exists keeps its permissions. */
  public void write(Consumer<OutputStream> content) {
    try {
      Path file = Files.exists(path) ? path.toRealPath() : path;
      // Pipes and devices cannot be replaced, nor can a file in a folder that takes no other.
      if (Files.exists(file) && !Files.isRegularFile(file) || !Files.isWritable(file.getParent())) {
        fill(file, content, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING);
      } else {
        replace(file, content);
      }
    } catch (IOException e) {
      throw new Failure(
          ExitCode.WRONG_USAGE,
          "%s cannot be written (%s)".formatted(name, e.getClass().getSimpleName()));
    }
  }

  private void replace(Path file, Consumer<OutputStream> content) throws IOException {
    Path part = file.resolveSibling(".kintell-" + UUID.randomUUID());
    incomplete.accept(part);
    try {
      fill(part, content, StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW);
      if (Files.exists(file)) {
        Files.setPosixFilePermissions(part, Files.getPosixFilePermissions(file));
      }
      Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(part);
    }
  }

  private static void fill(Path file, Consumer<OutputStream> content, StandardOpenOption... options)
      throws IOException {
    try (OutputStream out = Channels.newOutputStream(FileModes.open(file, options))) {
      content.accept(out);
    }
  }

  /**
   * Removes the file of an earlier command.
   *
   * @param kept stays if it is the same file, as do pipes and devices
   * @return whether a file was removed
   */
  public boolean remove(Path kept) {
    try {
      return Files.isRegularFile(path)
          && !(Files.exists(kept) && Files.isSameFile(path, kept))
          && Files.deleteIfExists(path);
    } catch (IOException e) {
      throw new Failure(
          ExitCode.WRONG_USAGE,
          "%s cannot be removed (%s)".formatted(name, e.getClass().getSimpleName()));
    }
  }
}
