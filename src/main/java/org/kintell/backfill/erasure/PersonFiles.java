package org.kintell.backfill.erasure;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import java.util.zip.ZipException;
import org.kintell.backfill.OwnFolder;
import org.kintell.backfill.erasure.ErasureReport.Found;
import org.kintell.backfill.source.PersonRows;
import org.kintell.backfill.source.SentFile;
import org.kintell.backfill.source.UnusableFileException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The files of one folder that hold rows of a person. */
final class PersonFiles {

  private static final Logger LOG = LoggerFactory.getLogger(PersonFiles.class);

  private final PersonRows person;
  private final List<Path> files = new ArrayList<>();
  private final List<String> notCovered;
  private Found found = Found.NOTHING;

  /**
   * @param notCovered gets a sentence for each file that holds the address and cannot be rewritten,
   *     and for each file and folder that cannot be read
   */
  PersonFiles(PersonRows person, List<String> notCovered) {
    this.person = person;
    this.notCovered = notCovered;
  }

  /** What opens a folder to list it. */
  private interface Listing {
    DirectoryStream<Path> open() throws IOException;
  }

  /** Looks through those regular files of a folder that are wanted; links are not followed. */
  void search(Path folder, Predicate<Path> wanted) {
    search(folder, () -> Files.newDirectoryStream(folder), wanted);
  }

  /** Looks through all regular files of a folder, unless it is somebody else's. */
  void search(OwnFolder folder) {
    search(folder.path(), folder::open, file -> true);
  }

  private void search(Path folder, Listing listing, Predicate<Path> wanted) {
    try (DirectoryStream<Path> entries = listing.open()) {
      for (Path file : entries) {
        if (Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS) && wanted.test(file)) {
          search(file);
        }
      }
    } catch (NoSuchFileException e) {
      // Nothing was ever put there.
      return;
    } catch (DirectoryIteratorException e) {
      skip(folder, e.getCause());
    } catch (IOException e) {
      skip(folder, e);
    }
  }

  /** Logged of folders only: others choose the names of files, and how many there are. */
  private void skip(Path folder, IOException thrown) {
    String reason =
        thrown instanceof FileSystemException failure && failure.getReason() != null
            ? failure.getReason()
            : thrown.getClass().getSimpleName();
    LOG.warn("{} is not looked through for an erasure: {}", folder, reason);
    addUnread(folder);
  }

  private void addUnread(Path path) {
    notCovered.add(path + ": cannot be read, so it may hold the address; look through it by hand");
  }

  private void search(Path file) {
    try {
      long rows = isCsv(file) ? person.count(file) : 0;
      if (rows > 0 && !Files.isWritable(file)) {
        notCovered.add(file + ": holds the address and cannot be written to");
      } else if (rows > 0) {
        files.add(file);
        found = found.plus(rows);
      } else if (!isCsv(file) && mentions(file)) {
        notCovered.add(file + ": holds the address and is no plain CSV file; remove it by hand");
      }
    } catch (UnusableFileException e) {
      notCovered.add(file + ": holds the address and has no usable header; remove it by hand");
    } catch (NoSuchFileException e) {
      // Moved or removed meanwhile.
      return;
    } catch (IOException e) {
      LOG.debug("A file cannot be looked through", e);
      addUnread(file);
    }
  }

  private static boolean isCsv(Path file) {
    return name(file).endsWith(".csv");
  }

  private static String name(Path file) {
    return file.getFileName().toString().toLowerCase(Locale.ROOT);
  }

  private boolean mentions(Path file) throws IOException {
    try (InputStream content =
        SentFile.of(file, file.getFileName().toString(), StandardCharsets.UTF_8).open()) {
      return person.mentions(content);
    } catch (ZipException | EOFException | UnusableFileException e) {
      try (InputStream raw = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS)) {
        return person.mentions(raw);
      }
    }
  }

  /** Those that hold rows of the person. */
  List<Path> files() {
    return files;
  }

  Found found() {
    return found;
  }

  void erase() throws IOException {
    for (Path file : files) {
      person.erase(file);
    }
  }
}
