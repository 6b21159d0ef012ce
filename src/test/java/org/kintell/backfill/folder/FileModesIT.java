package org.kintell.backfill.folder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayInputStream;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.kintell.backfill.testsupport.BackfillClient;
import org.kintell.backfill.testsupport.GeneratedFile;
import org.kintell.backfill.testsupport.NatsServer;
import org.kintell.backfill.testsupport.Packed;
import org.kintell.backfill.testsupport.ServiceProcess;

/** The files of the running service are readable for its own user only. */
class FileModesIT {

  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final byte[] FILE =
      (GeneratedFile.HEADER
              + "\nS-1,Mentorship,nobody@example.com,none@example.com,2024-01-15T10:00:00Z,60,5,,\n")
          .getBytes(StandardCharsets.UTF_8);

  /** All files of a service without settings, started with an open umask. */
  @Test
  void nothingThatTheServiceWritesIsOpenToOthers() throws IOException {
    String path =
        System.getenv("PATH") + File.pathSeparator + NatsServer.program().getParent().toString();
    try (ServiceProcess service = new ServiceProcess(Map.of("PATH", path)).withUmask("000")) {
      Path folder = service.folder();
      String job = story(service.start(), "first");
      await()
          .atMost(PATIENCE)
          .untilAsserted(
              () -> {
                assertModes(written(folder), "---", "---");
                assertThat(mode(folder.resolve("errors/backfill_errors_" + job + ".csv")))
                    .isEqualTo("rw-------");
              });
      service.stop();

      // As the data folder of an earlier version, to which another user could write.
      Path data = folder.resolve("data");
      Path planted = folder.resolve("planted");
      loosen(data);
      Path program = program(data, "pg_ctl");
      Files.writeString(program, "#!/bin/sh\ntouch '" + planted + "'\nexit 1\n");

      String group = Files.readAttributes(folder, PosixFileAttributes.class).group().getName();
      String second =
          story(service.withUmask("022").with("BACKFILL_FILE_GROUP", group).start(), "second");
      assertThat(planted).doesNotExist();
      Path uploads = data.resolve("uploads");
      await()
          .atMost(PATIENCE)
          .untilAsserted(
              () -> {
                assertModes(
                    all(data).filter(file -> !file.startsWith(uploads) && !file.equals(data)),
                    "---",
                    "---");
                assertModes(all(uploads), "r-x", "---");
              });
      assertThat(mode(folder.resolve("errors/backfill_errors_" + second + ".csv")))
          .isEqualTo("rw-r-----");
      assertThat(mode(folder.resolve("inbox/done/second.errors.csv"))).isEqualTo("rw-r-----");
      service.stop();
    }
  }

  /** Uploads of each kind, a dry run, and the inbox; all with rejects. Returns the first job. */
  private static String story(ServiceProcess service, String name) throws IOException {
    BackfillClient client = service.client();
    String job = client.importFile(name + ".csv", FILE).path("jobId").asText();
    client.importFile(name + ".csv.gz", Packed.gzip(FILE));
    assertThat(client.resume(client.start(name + "2.csv", FILE).jobId(), "x.csv", FILE).status())
        .isEqualTo(200);
    assertThat(
            client
                .upload("/import/backfill/validate", "x.csv", new ByteArrayInputStream(FILE))
                .status())
        .isEqualTo(200);
    Path inbox = service.folder().resolve("inbox");
    Files.write(inbox.resolve(name + ".csv"), FILE);
    Files.writeString(inbox.resolve(name + "-unusable.csv"), "no,header\n1,2\n");
    await().atMost(PATIENCE).until(() -> Files.exists(inbox.resolve("done/" + name + ".csv")));
    await()
        .atMost(PATIENCE)
        .until(() -> Files.exists(inbox.resolve("failed/" + name + "-unusable.csv")));
    assertThat(inbox.resolve("done/" + name + ".errors.csv")).exists();
    assertThat(inbox.resolve("failed/" + name + "-unusable.reason.txt")).exists();
    return job;
  }

  /** All files except those of this test. */
  private static Stream<Path> written(Path folder) throws IOException {
    return Stream.concat(
        all(folder.resolve("data")),
        all(folder.resolve("inbox"))
            .filter(
                file ->
                    Files.isDirectory(file)
                        || file.toString().endsWith(".errors.csv")
                        || file.toString().endsWith(".reason.txt")));
  }

  private static Stream<Path> all(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(file -> !Files.isSymbolicLink(file)).toList().stream();
    }
  }

  /** Maximum permissions of the group and of others. */
  private static void assertModes(Stream<Path> files, String group, String others) {
    List<String> open =
        files
            .map(file -> mode(file) + " " + file)
            .filter(
                line ->
                    exceeds(line.substring(3, 6), group) || exceeds(line.substring(6, 9), others))
            .toList();
    assertThat(open).isEmpty();
  }

  private static boolean exceeds(String mode, String allowed) {
    for (int i = 0; i < mode.length(); i++) {
      if (mode.charAt(i) != '-' && allowed.charAt(i) == '-') {
        return true;
      }
    }
    return false;
  }

  private static String mode(Path file) {
    try {
      return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void loosen(Path data) throws IOException {
    for (Path file : all(data).toList()) {
      if (!file.startsWith(data.resolve("postgres"))) {
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxrwxrwx"));
      }
    }
  }

  private static Path program(Path data, String name) throws IOException {
    return all(data.resolve("postgres-binaries"))
        .filter(file -> file.endsWith("bin/" + name))
        .findFirst()
        .orElseThrow();
  }
}
