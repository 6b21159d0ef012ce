package org.kintell.backfill.inbox;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.kintell.backfill.folder.DataFolder;
import org.kintell.backfill.folder.FileModes;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * The files that were archived in the last ten minutes: a slow writer may still be writing to one.
 * The notes are files in the data folder, so that they survive a restart, are shared by all
 * processes, and cannot be written by other users.
 */
@Component
class RecentlyArchivedFiles {

  private static final Logger LOG = LoggerFactory.getLogger(RecentlyArchivedFiles.class);
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration RECENT = Duration.ofMinutes(10);
  private static final String NOTE = ".json";

  private final Path folder;

  RecentlyArchivedFiles(DataFolder data) {
    folder = data.folder("inbox");
  }

  /**
   * A file that was archived.
   *
   * @param archive the name of the folder
   * @param file its name there
   * @param name its name in the inbox
   * @param length in bytes, when it was claimed
   * @param modified in milliseconds since 1970, when it was claimed
   * @param at when it was archived, in milliseconds since 1970
   */
  record Archived(
      String archive, String file, String name, UUID jobId, long length, long modified, long at) {

    FileVersion version() {
      return new FileVersion(length, modified);
    }

    /** The same file with another version of the same content. */
    Archived as(FileVersion now) {
      return new Archived(archive, file, name, jobId, now.length(), now.modified(), at);
    }

    boolean isRecent() {
      return Duration.between(Instant.ofEpochMilli(at), Instant.now()).compareTo(RECENT) < 0;
    }

    private String note() {
      String path = archive + "/" + file;
      return UUID.nameUUIDFromBytes(path.getBytes(StandardCharsets.UTF_8)) + NOTE;
    }
  }

  interface Work<T> {
    T run() throws IOException;
  }

  /** Runs under a lock that all threads and processes share. */
  synchronized <T> T alone(Work<T> work) throws IOException {
    try (FileChannel channel =
            FileModes.open(
                folder.resolve(".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock lock = channel.lock()) {
      LOG.trace("Holding {}", lock);
      return work.run();
    }
  }

  /** A file of this service, to compare owners. */
  Path own() {
    return folder;
  }

  /** Notes a file that is about to be moved there. This replaces an earlier note of that path. */
  void note(Path target, Claim claim) throws IOException {
    FileVersion version = claim.version();
    note(
        new Archived(
            target.getParent().getFileName().toString(),
            target.getFileName().toString(),
            claim.name(),
            claim.jobId(),
            version.length(),
            version.modified(),
            Instant.now().toEpochMilli()));
  }

  void note(Archived file) throws IOException {
    FileModes.PRIVATE.replace(folder.resolve(file.note()), JSON.writeValueAsBytes(file));
  }

  void forget(Archived file) throws IOException {
    Files.deleteIfExists(folder.resolve(file.note()));
  }

  /** All notes, also old ones: a file may have changed while no process was running. */
  List<Archived> all() throws IOException {
    List<Archived> all = new ArrayList<>();
    try (DirectoryStream<Path> notes = Files.newDirectoryStream(folder, "*" + NOTE)) {
      for (Path note : notes) {
        read(note).ifPresent(all::add);
      }
    }
    return all;
  }

  private static Optional<Archived> read(Path note) throws IOException {
    try {
      return Optional.of(JSON.readValue(Files.readAllBytes(note), Archived.class));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (JacksonException e) {
      LOG.warn("{} cannot be read and is removed: {}", note, e.getOriginalMessage());
      Files.deleteIfExists(note);
      return Optional.empty();
    }
  }
}
