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
import java.util.function.Predicate;
import java.util.zip.ZipException;
import org.kintell.backfill.csv.UnusableFileException;
import org.kintell.backfill.erasure.BoundedContent.ExcessiveFileException;
import org.kintell.backfill.erasure.ErasureReport.Found;
import org.kintell.backfill.file.SourceFile;
import org.kintell.backfill.folder.OwnFolder;
import org.kintell.backfill.store.LocalFile;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The files that hold rows of a person, in folders of this machine or fetched from elsewhere. */
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

  /** Gives a file as one of this machine, until it is closed. */
  @FunctionalInterface
  interface Fetch {
    LocalFile fetch() throws IOException;
  }

  /** Counts the rows of the person. */
  private interface Count {
    long in(Path file) throws IOException;
  }

  /** Searches the wanted regular files of a folder that this service wrote; follows no links. */
  void searchOwn(Path folder, Predicate<Path> wanted) {
    searchFolder(
        folder,
        () -> Files.newDirectoryStream(folder),
        file -> wanted.test(file) && searchOwn(file.toString(), () -> here(file)));
  }

  /**
   * Searches all regular files of a folder, which other users may have created.
   *
   * @param most maximum bytes of a file, and of its content
   */
  void search(Path folder, long most) {
    searchForeign(folder, () -> Files.newDirectoryStream(folder), most);
  }

  /** The same, unless the folder belongs to another user. */
  void search(OwnFolder folder, long most) {
    searchForeign(folder.path(), folder::open, most);
  }

  private void searchForeign(Path folder, Listing listing, long most) {
    searchFolder(
        folder,
        listing,
        file -> searchForeign(file.toString(), file.toFile().length(), most, () -> here(file)));
  }

  private static LocalFile here(Path file) {
    return new LocalFile(file, false);
  }

  private void searchFolder(Path folder, Listing listing, Predicate<Path> search) {
    try (DirectoryStream<Path> entries = listing.open()) {
      for (Path file : entries) {
        if (Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS) && search.test(file)) {
          files.add(file);
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
    addUnread(folder.toString());
  }

  private void addUnread(String name) {
    notCovered.add(name + ": cannot be read, so it may hold the address; look through it by hand");
  }

  private void addExcessive(String name, String why) {
    notCovered.add(name + ": " + why + ", so it is not looked through; do so by hand");
  }

  /**
   * Searches a file that this service wrote.
   *
   * @param name its path or address, for people
   * @return whether it holds rows of the person that can be erased
   */
  boolean searchOwn(String name, Fetch file) {
    return searchFile(name, file, person::count);
  }

  /**
   * Searches a file that others may have created, unless it is too long, is mostly holes or is
   * packed far more than text can be, so that the search would take much longer than its creation.
   *
   * @param name its path or address, for people; its ending says whether it is a plain CSV file
   * @param length in bytes
   * @param most maximum bytes of the file, and of its content
   * @return whether it holds rows of the person that can be erased
   */
  boolean searchForeign(String name, long length, long most, Fetch file) {
    if (length > most) {
      addExcessive(name, "is longer than an upload may be");
      return false;
    }
    return searchFile(name, file, local -> countForeign(name, local, most));
  }

  private boolean searchFile(String name, Fetch file, Count count) {
    try (LocalFile local = file.fetch()) {
      long rows = count.in(local.path());
      if (rows == 0 || Files.isWritable(local.path())) {
        found = found.plus(rows);
        return rows > 0;
      }
      notCovered.add(name + ": holds the address and cannot be written to");
    } catch (UnusableFileException e) {
      notCovered.add(name + ": holds the address and has no usable header; remove it by hand");
    } catch (NoSuchFileException e) {
      LOG.debug("Moved or removed meanwhile: {}", name);
    } catch (ExcessiveFileException e) {
      addExcessive(name, e.getMessage());
    } catch (IOException e) {
      LOG.debug("A file cannot be looked through", e);
      addUnread(name);
    }
    return false;
  }

  private long countForeign(String name, Path file, long most) throws IOException {
    if (name.toLowerCase(Locale.ROOT).endsWith(OwnFiles.CSV)) {
      try (InputStream content =
          new BoundedContent(Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS), most)) {
        content.transferTo(OutputStream.nullOutputStream());
      }
      return person.count(file);
    }
    if (mentions(name, file, BoundedContent.most(Files.size(file)))) {
      notCovered.add(name + ": holds the address and is no plain CSV file; remove it by hand");
    }
    return 0;
  }

  private boolean mentions(String name, Path file, long most) throws IOException {
    try (InputStream content =
        new BoundedContent(SourceFile.of(file, name, StandardCharsets.UTF_8).open(), most)) {
      return person.mentions(content);
    } catch (ZipException | EOFException | UnusableFileException e) {
      try (InputStream raw =
          new BoundedContent(Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS), most)) {
        return person.mentions(raw);
      }
    }
  }

  /** Those in folders. */
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
