package org.kintell.backfill.devservices;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.kintell.backfill.database.DatabaseUrl;
import org.kintell.backfill.folder.DataFolder;
import org.kintell.backfill.folder.FileModes;

/** A data folder of a build with PostgreSQL 17; the build copies that version's archive here. */
class OlderPostgresIT {

  private static final Path ARCHIVE = Path.of("target", "older-postgres.jar");

  @Test
  void itsDataGoOnWithItsPrograms(@TempDir Path data) throws Exception {
    Path programs = data.resolve(DataFolder.BINARIES).resolve("14000000-01234567");
    try (ZipFile archive = new ZipFile(ARCHIVE.toFile())) {
      ZipEntry packed =
          archive.stream()
              .filter(entry -> entry.getName().endsWith(".txz"))
              .findFirst()
              .orElseThrow();
      try (InputStream content = archive.getInputStream(packed)) {
        PostgresBinaries.unpack(content, programs);
      }
    }
    new PostgresCluster(data, new PostgresProgram(programs)).prepare();

    write(data, "CREATE TABLE kept AS SELECT 'made by 17' AS what");
    write(data, "INSERT INTO kept SELECT 'the next start'");
  }

  private static void write(Path data, String statement) throws IOException, SQLException {
    try (EmbeddedDatabase database =
            EmbeddedDatabase.start(new DataFolder(data, FileModes.PRIVATE).path());
        Connection connection = connect(database)) {
      assertThat(connection.getMetaData().getDatabaseMajorVersion()).isEqualTo(17);
      connection.createStatement().execute(statement);
    }
  }

  private static Connection connect(EmbeddedDatabase database) throws SQLException {
    DatabaseUrl url = DatabaseUrl.parse(database.url());
    return DriverManager.getConnection(url.jdbcUrl(), url.user(), url.password());
  }
}
