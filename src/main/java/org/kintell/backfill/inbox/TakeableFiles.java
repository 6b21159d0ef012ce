package org.kintell.backfill.inbox;

import java.io.File;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Optional;
import java.util.regex.Pattern;
import org.apache.camel.component.file.GenericFile;
import org.apache.camel.component.file.GenericFileFilter;
import org.kintell.backfill.config.BackfillSettings;
import org.kintell.backfill.file.FileType;
import org.kintell.backfill.inbox.InboxMetrics.Outcome;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.stereotype.Component;

/**
 * Accepts regular, readable files. Anything else with the name of a CSV file, and a table of
 * another kind, stays in the inbox and is logged once.
 */
@Component
public class TakeableFiles implements GenericFileFilter<File> {

  /** What people put here by mistake. */
  private static final Pattern OTHER_TABLE =
      Pattern.compile(
          "(?is).+[.](tsv|tab|xls|xlsb|xlsm|ods|numbers|tgz|7z|rar|tar[.]gz|(csv|tar)[.](bz2|xz|zst|lz4))");

  private static final Path HARD_LINKS = Path.of("/proc/sys/fs/protected_hardlinks");

  private final Path folder;
  private final OnceLog log;
  private final InboxMetrics metrics;
  private final boolean hardLinksAreSafe;

  @Autowired
  TakeableFiles(BackfillSettings settings, OnceLog log, InboxMetrics metrics) {
    this(settings.inboxDir(), log, metrics, HARD_LINKS);
  }

  /**
   * @param hardLinks contains 1 if the kernel forbids hard links to files of other users
   */
  TakeableFiles(Path folder, OnceLog log, InboxMetrics metrics, Path hardLinks) {
    this.folder = folder.toAbsolutePath().normalize();
    this.log = log;
    this.metrics = metrics;
    this.hardLinksAreSafe = says1(hardLinks);
  }

  private static boolean says1(Path file) {
    try {
      return Files.readString(file).strip().equals("1");
    } catch (IOException e) {
      return false;
    }
  }

  @Override
  public boolean accept(GenericFile<File> file) {
    try {
      return fault(file.getFile().toPath()).isEmpty();
    } catch (IOException | InvalidPathException e) {
      // It is gone, or Java cannot express its name, which reportOthers logs.
      return false;
    }
  }

  /** Logs each file that is not accepted, once. */
  public void reportOthers() throws IOException {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
      for (Path file : files) {
        if (Claim.isName(file.getFileName().toString()) || isOtherTable(file)) {
          report(file);
        }
      }
    }
  }

  private void report(Path file) throws IOException {
    try {
      Optional<String> fault = isExpressible(file) ? fault(file) : Optional.of(unwritableName());
      if (fault.isPresent()) {
        String line = "Inbox file %s is ignored: %s".formatted(shown(file), fault.get());
        Object key =
            Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                .fileKey();
        if (log.warn(file, key, line)) {
          metrics.count(Outcome.IGNORED);
        }
      }
    } catch (NoSuchFileException e) {
      // Claimed by now.
    }
  }

  private static boolean isOtherTable(Path file) {
    String name = file.getFileName().toString();
    return !Claim.isTemporary(name) && OTHER_TABLE.matcher(name).matches();
  }

  /** Why a file is not accepted; empty if it is. */
  Optional<String> fault(Path file) throws IOException {
    if (isOtherTable(file)) {
      return Optional.of("its kind is not taken. Save it as " + FileType.endings());
    }
    BasicFileAttributes found =
        Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    if (found.isSymbolicLink()) {
      return Optional.of("it is a symbolic link, and links are not followed. Move the file itself");
    }
    if (found.isDirectory()) {
      return Optional.of("it is a folder. Move the files in it");
    }
    if (!found.isRegularFile()) {
      return Optional.of("it is not a regular file");
    }
    if (file.getFileName().toString().contains("\\")) {
      // Camel turns it into a slash and would keep the file in progress forever.
      return Optional.of("its name has a backslash. Rename it");
    }
    if (!hardLinksAreSafe && links(file) > 1) {
      return Optional.of(
          "it has several names (hard links), one of which may be another user's. Copy it");
    }
    if (!Files.isReadable(file)) {
      return Optional.of("this service has no right to read it. Grant that");
    }
    return Optional.empty();
  }

  /** Number of hard links; 1 if the file system does not report it. */
  private static int links(Path file) throws IOException {
    return file.getFileSystem().supportedFileAttributeViews().contains("unix")
        ? (Integer) Files.getAttribute(file, "unix:nlink", LinkOption.NOFOLLOW_LINKS)
        : 1;
  }

  /** Whether Java can express the file's name. */
  private boolean isExpressible(Path file) {
    try {
      return folder.resolve(file.getFileName().toString()).equals(file);
    } catch (InvalidPathException e) {
      return false;
    }
  }

  private static String unwritableName() {
    Charset names = Charset.forName(System.getProperty("sun.jnu.encoding"));
    return names.name().startsWith("UTF-")
        ? "its name is not UTF-8. Rename it"
        : "its name has characters outside of "
            + names.name()
            + ", the encoding of this service's locale. Start the service with LC_ALL=C.UTF-8, or"
            + " rename it";
  }

  private static String shown(Path file) {
    return Claim.shown(file.getFileName().toString());
  }
}
