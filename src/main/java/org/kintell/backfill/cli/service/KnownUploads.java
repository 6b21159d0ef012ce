package org.kintell.backfill.cli.service;

import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Map;
import java.util.UUID;
import org.kintell.backfill.cli.terminal.Text;
import org.kintell.backfill.folder.FileModes;

/**
 * The uploads of this user whose end this command has not shown yet, each in a file of the state
 * folder: the same command again takes the same Idempotency-Key, and so cannot make a second job.
 */
final class KnownUploads {

  private final Path folder;

  /** Of the user with this environment. */
  KnownUploads(Map<String, String> environment) {
    folder = Folders.state(environment);
  }

  /**
   * An upload.
   *
   * @param key for {@code Idempotency-Key}
   * @param jobId empty while the service has not answered
   */
  record Known(Path file, String key, String jobId) {}

  /**
   * The upload of this content with these options to this service; a new one if there is none.
   *
   * @throws IOException if the folder cannot be used
   */
  Known find(String server, LocalFile content, String options) throws IOException {
    Path file = folder.resolve(name(server, content, options) + ".json");
    FileModes.PRIVATE.createFolders(folder);
    String key = UUID.randomUUID().toString();
    try (FileChannel channel = FileModes.PRIVATE.create(file)) {
      channel.write(ByteBuffer.wrap(bytes(key, "")));
      return new Known(file, key, "");
    } catch (FileAlreadyExistsException e) {
      return read(file, key);
    }
  }

  private static Known read(Path file, String otherwise) throws IOException {
    try {
      JsonObject known = JsonParser.parseString(Files.readString(file)).getAsJsonObject();
      String key = Text.text(known, "key");
      return new Known(file, key.isEmpty() ? otherwise : key, Text.text(known, "jobId"));
    } catch (NoSuchFileException | JsonParseException | IllegalStateException e) {
      // Another command has just removed it, or did not come to write it.
      return new Known(file, otherwise, "");
    }
  }

  /** The same without its job, after that was cancelled or undone. */
  Known renewed(Known known) throws IOException {
    return store(new Known(known.file(), UUID.randomUUID().toString(), ""));
  }

  /** Remembers the job that the service has created for an upload. */
  Known started(Known known, String jobId) throws IOException {
    return store(new Known(known.file(), known.key(), jobId));
  }

  private static Known store(Known known) throws IOException {
    FileModes.PRIVATE.replace(known.file(), bytes(known.key(), known.jobId()));
    return known;
  }

  /** Forgets an upload whose end was shown. */
  void forget(Known known) throws IOException {
    Files.deleteIfExists(known.file());
  }

  private static byte[] bytes(String key, String jobId) {
    JsonObject known = new JsonObject();
    known.addProperty("key", key);
    known.addProperty("jobId", jobId);
    return known.toString().getBytes(StandardCharsets.UTF_8);
  }

  private static String name(String server, LocalFile content, String options) {
    MessageDigest digest = LocalFile.newDigest();
    for (String part : new String[] {server, content.name(), options}) {
      digest.update(part.getBytes(StandardCharsets.UTF_8));
      digest.update((byte) 0);
    }
    return HexFormat.of().formatHex(digest.digest(content.sha256()));
  }
}
