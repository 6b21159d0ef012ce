package org.kintell.backfill.devservices;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.kintell.backfill.database.SqlFile;
import org.kintell.backfill.folder.DataFolder;
import org.kintell.backfill.folder.FileModes;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.util.FileSystemUtils;

/**
 * The data of the embedded PostgreSQL. Clients need the password of the one role that may log in;
 * that role owns the service's tables and is no superuser, so nobody comes from SQL to the files
 * and programs of the machine. Data that was made when everybody was let in is brought over.
 */
final class PostgresCluster {

  static final String USER = "kintell";
  static final String DATABASE = "postgres";

  private static final Logger LOG = LoggerFactory.getLogger(PostgresCluster.class);
  private static final String SUPERUSER = "postgres";
  private static final String VERSION_FILE = "PG_VERSION";
  private static final String HBA_FILE = "pg_hba.conf";
  private static final String SETUP = SqlFile.read("devservices/embedded-postgres");

  /** Who is let in. It is written last, so it also tells that the roles are as they should be. */
  private static final String HBA =
      """
      # Written by the service at its start: nobody is let in without a password. Rights: 2.
      host all all 127.0.0.1/32 scram-sha-256
      """;

  private final Path folder;
  private final Passfile passfile;
  private final PostgresProgram program;

  PostgresCluster(Path dataDir, PostgresProgram program) {
    this.folder = dataDir.resolve(DataFolder.POSTGRES);
    this.passfile = new Passfile(dataDir.resolve("pgpass"), USER);
    this.program = program;
  }

  /** The major version of PostgreSQL that made the data, such as 17; null if there are none. */
  static String madeBy(Path dataDir) throws IOException {
    Path version = dataDir.resolve(DataFolder.POSTGRES).resolve(VERSION_FILE);
    return Files.exists(version) ? Files.readString(version).strip() : null;
  }

  Path folder() {
    return folder;
  }

  Path passfile() {
    return passfile.path();
  }

  /**
   * Makes the data the first time, or makes sure that they are as this service makes them.
   *
   * @return the password
   * @throws IOException when they are none that this PostgreSQL can use; the message says why
   */
  String prepare() throws IOException {
    if (!Files.exists(folder.resolve(VERSION_FILE))) {
      return initialise();
    }
    requireSameVersion();
    Optional<String> password = passfile.password();
    if (password.isPresent() && HBA.equals(Files.readString(folder.resolve(HBA_FILE)))) {
      return password.get();
    }
    LOG.info(
        "Embedded PostgreSQL: its role gets a new password and the rights that this version needs");
    // The library that started it before had one, which others could read.
    Files.deleteIfExists(folder.resolve("epg-lock"));
    return secure(folder);
  }

  /** Aside, so that nothing half is left if this is interrupted. */
  private String initialise() throws IOException {
    if (Files.exists(folder) && !isEmpty(folder)) {
      throw new IOException(folder + " holds something else than data of PostgreSQL");
    }
    Path aside = folder.resolveSibling(folder.getFileName() + ".new");
    FileSystemUtils.deleteRecursively(aside);
    program.run(
        "",
        "initdb",
        List.of(
            "-D",
            aside.toString(),
            "-U",
            SUPERUSER,
            "--auth=reject",
            "--encoding=UTF8",
            "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8"));
    String password = secure(aside);
    Files.move(aside, folder, StandardCopyOption.ATOMIC_MOVE);
    return password;
  }

  private static boolean isEmpty(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.findAny().isEmpty();
    }
  }

  /** By a server that listens to nobody. */
  private String secure(Path data) throws IOException {
    String password = Passfile.newPassword();
    program.run(
        SETUP.replace(":password", "'" + password + "'"),
        "postgres",
        List.of(
            "--single",
            "-j",
            "-D",
            data.toString(),
            "-c",
            "exit_on_error=true",
            // It holds the password.
            "-c",
            "log_min_error_statement=panic",
            DATABASE));
    passfile.write(password);
    FileModes.PRIVATE.replace(data.resolve(HBA_FILE), HBA.getBytes(StandardCharsets.US_ASCII));
    return password;
  }

  private void requireSameVersion() throws IOException {
    String made = Files.readString(folder.resolve(VERSION_FILE)).strip();
    String here = program.majorVersion();
    if (!made.equals(here)) {
      throw new IOException(
          "%s was made by PostgreSQL %s, and this one is %s: dump it with that version, or name another folder. The build that made it unpacks its programs into %s, where they are used"
              .formatted(folder, made, here, folder.resolveSibling(DataFolder.BINARIES)));
    }
  }
}
