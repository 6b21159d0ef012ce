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
 * The data of the embedded PostgreSQL. Clients need the password of the only role that may log in.
 * That role owns the service's tables and is not a superuser, so SQL reaches neither files nor
 * programs of the machine. Data of earlier versions, which required no password, are converted.
 */
final class PostgresCluster {

  static final String USER = "kintell";
  static final String DATABASE = "postgres";

  private static final Logger LOG = LoggerFactory.getLogger(PostgresCluster.class);
  private static final String SUPERUSER = "postgres";
  private static final String VERSION_FILE = "PG_VERSION";
  private static final String HBA_FILE = "pg_hba.conf";
  private static final String SETUP = SqlFile.read("devservices/embedded-postgres");

  /** The access rules. This file is written last, so it also shows that the roles are complete. */
  private static final String HBA =
      """
      # Written by the service at its start: nobody is let in without a password. Rights: 2.
      host all all 127.0.0.1/32 scram-sha-256
      """;

  private final Path dataDir;
  private final Path folder;
  private final Passfile passfile;
  private final PostgresProgram program;

  PostgresCluster(Path dataDir, PostgresProgram program) {
    this.dataDir = dataDir;
    this.folder = dataDir.resolve(DataFolder.POSTGRES);
    this.passfile = new Passfile(dataDir.resolve("pgpass"), USER);
    this.program = program;
  }

  /** The major version of PostgreSQL that created the data, such as 17; null without data. */
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
   * Creates the data the first time, later converts them if necessary.
   *
   * @return the password
   * @throws IOException if this PostgreSQL cannot use the data; the message has the reason
   */
  String prepare() throws IOException {
    String made = madeBy(dataDir);
    if (made == null) {
      return initialise();
    }
    requireSameVersion(made);
    Optional<String> password = passfile.password();
    if (password.isPresent() && HBA.equals(Files.readString(folder.resolve(HBA_FILE)))) {
      return password.get();
    }
    LOG.info("Embedded PostgreSQL: setting the password and rights of its role");
    // The library that earlier versions used had a socket, which other users could open.
    Files.deleteIfExists(folder.resolve("epg-lock"));
    return secure(folder);
  }

  /** In a temporary folder, so that an interruption leaves no partial data. */
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

  /** By a server without a port. */
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

  private void requireSameVersion(String made) throws IOException {
    String here = program.majorVersion();
    if (!made.equals(here)) {
      throw new IOException(
          "%s was made by PostgreSQL %s, and this one is %s: dump it with that version, or name another folder. The build that made it unpacks its programs into %s, where they are used"
              .formatted(folder, made, here, folder.resolveSibling(DataFolder.BINARIES)));
    }
  }
}
