package org.kintell.backfill.erasure;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
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
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.zip.ZipException;
import org.kintell.backfill.csv.UnusableFileException;
import org.kintell.backfill.erasure.BoundedContent.ExcessiveFileException;
import org.kintell.backfill.erasure.ErasureReport.Found;
import org.kintell.backfill.file.SourceFile;
import org.kintell.backfill.folder.OwnFolder;
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

  /** Opens a folder to list it. */
  private interface Listing {
    DirectoryStream<Path> open() throws IOException;
  }

  /** Searches the wanted regular files of a folder that this service wrote; follows no links. */
  void searchOwn(Path folder, Predicate<Path> wanted) {
    search(
        folder,
        () -> Files.newDirectoryStream(folder),
        file -> {
          if (wanted.test(file)) {
            search(file);
          }
        });
  }

  /**
   * Searches all regular files of a folder, which other users may have created.
   *
   * @param most maximum bytes of a file, and of its content
   */
  void search(Path folder, long most) {
    search(folder, () -> Files.newDirectoryStream(folder), file -> searchForeign(file, most));
  }

  /** The same, unless the folder belongs to another user. */
  void search(OwnFolder folder, long most) {
    search(folder.path(), folder::open, file -> searchForeign(file, most));
  }

  private void search(Path folder, Listing listing, Consumer<Path> look) {
    try (DirectoryStream<Path> entries = listing.open()) {
      for (Path file : entries) {
        if (Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
          look.accept(file);
        }
      }
    } catch (NoSuchFileException e) {
      // The folder does not exist yet.
      return;
    } catch (DirectoryIteratorException e) {
      skip(folder, e.getCause());
    } catch (IOException e) {
      skip(folder, e);
    }
  }

  /** Logged for folders only, because other users choose names and number of files. */
  private void skip(Path folder, IOException thrown) {
    String reason =
        thrown instanceof FileSystemException failure && failure.getReason() != null
            ? failure.getReason()
            : thrown.getClass().getSimpleName();
    LOG.warn("Erasure did not search {}: {}", folder, reason);
    addUnread(folder);
  }

  private void addUnread(Path path) {
    notCovered.add(path + ": cannot be read, so it may hold the address; look through it by hand");
  }

  /**
   * Searches a file, unless it is mostly holes or packed far more than text can be, so that the
   * search would take much longer than its creation.
   */
  private void searchForeign(Path file, long most) {
    try {
      long length = Files.size(file);
      if (length > most) {
        throw new ExcessiveFileException("is longer than an upload may be");
      }
      if (isCsv(file)) {
        try (InputStream content =
            new BoundedContent(Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS), most)) {
          content.transferTo(OutputStream.nullOutputStream());
        }
        search(file);
      } else if (mentions(file, BoundedContent.most(length))) {
        notCovered.add(file + ": holds the address and is no plain CSV file; remove it by hand");
      }
    } catch (NoSuchFileException e) {
      // Moved or removed meanwhile.
      return;
    } catch (ExcessiveFileException e) {
      notCovered.add(file + ": " + e.getMessage() + ", so it is not looked through; do so by hand");
    } catch (IOException e) {
      LOG.debug("A file cannot be looked through", e);
      addUnread(file);
    }
  }

  private void search(Path file) {
    try {
      long rows = person.count(file);
      if (rows > 0 && !Files.isWritable(file)) {
        notCovered.add(file + ": holds the address and cannot be written to");
      } else if (rows > 0) {
        files.add(file);
        found = found.plus(rows);
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

  private boolean mentions(Path file, long most) throws IOException {
    try (InputStream content =
        new BoundedContent(
            SourceFile.of(file, file.getFileName().toString(), StandardCharsets.UTF_8).open(),
            most)) {
      return person.mentions(content);
    } catch (ZipException | EOFException | UnusableFileException e) {
      try (InputStream raw =
          new BoundedContent(Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS), most)) {
        return person.mentions(raw);
      }
    }
  }

  /** The files that hold rows of the person. */
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
