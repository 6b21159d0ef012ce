package org.kintell.backfill.cli.service;

import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Optional;
import org.kintell.backfill.cli.terminal.Text;
import org.kintell.backfill.folder.FileModes;

/** The keys that {@code login} stored, one for each service, in a private file of the user. */
public final class Contexts {

  private static final String CURRENT = "server";
  private static final String KEYS = "keys";

  private final Map<String, String> environment;
  private final Path file;
  private JsonObject stored;

  /** Of the user with this environment. */
  public Contexts(Map<String, String> environment) {
    this.environment = environment;
    file = Folders.config(environment).resolve("keys.json");
  }

  /** The file that holds them. */
  public Path file() {
    return file;
  }

  /** The service of the last login. */
  public Optional<String> server() {
    return Optional.of(Text.text(stored(), CURRENT)).filter(server -> !server.isEmpty());
  }

  /**
   * The key for a service: of the named file, of the environment, or of the last login there.
   *
   * @param named null if no file is named
   */
  public Optional<String> key(Path named, String server) {
    String variable = environment.getOrDefault("KINTELL_KEY_FILE", "");
    if (named != null || !variable.isEmpty()) {
      Path keyFile = named == null ? Path.of(variable) : named;
      try {
        return Optional.of(valid(Files.readString(keyFile).strip(), keyFile.toString()));
      } catch (IOException e) {
        throw new Failure(
            ExitCode.WRONG_USAGE,
            "Key file %s cannot be read (%s)".formatted(keyFile, e.getClass().getSimpleName()));
      }
    }
    String key = environment.getOrDefault("KINTELL_KEY", "").strip();
    if (!key.isEmpty()) {
      return Optional.of(valid(key, "KINTELL_KEY"));
    }
    return Optional.of(Text.text(keys(stored()), server)).filter(stored -> !stored.isEmpty());
  }

  /** Checks a key, which is sent in a header. */
  public static String valid(String key, String source) {
    if (!key.matches("[\\x21-\\x7e]{1,4096}")) {
      throw new Failure(ExitCode.WRONG_USAGE, source + " holds no key: expected one line of ASCII");
    }
    return key;
  }

  /** Stores the key for a service, which becomes the usual one. */
  public void login(String server, String key) {
    JsonObject contexts = stored();
    JsonObject keys = keys(contexts);
    keys.addProperty(server, key);
    contexts.addProperty(CURRENT, server);
    contexts.add(KEYS, keys);
    write(contexts);
  }

  /** Removes the key for a service; false if there was none. */
  public boolean logout(String server) {
    JsonObject contexts = stored();
    JsonObject keys = keys(contexts);
    boolean had = keys.remove(server) != null;
    if (server.equals(Text.text(contexts, CURRENT))) {
      contexts.remove(CURRENT);
    }
    contexts.add(KEYS, keys);
    if (had) {
      write(contexts);
    }
    return had;
  }

  private static JsonObject keys(JsonObject contexts) {
    return contexts.has(KEYS) ? contexts.getAsJsonObject(KEYS) : new JsonObject();
  }

  private JsonObject stored() {
    if (stored == null) {
      stored = read();
    }
    return stored;
  }

  private JsonObject read() {
    if (!Files.exists(file)) {
      return new JsonObject();
    }
    try {
      String rights = PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
      if (!rights.endsWith("------")) {
        throw new Failure(
            ExitCode.NOT_ALLOWED,
            "%1$s holds keys, and others can read it. Take that right: chmod 600 %1$s"
                .formatted(file));
      }
      return JsonParser.parseString(Files.readString(file)).getAsJsonObject();
    } catch (IOException | JsonParseException | IllegalStateException e) {
      throw new Failure(
          ExitCode.FAILED,
          "%s cannot be read. Delete it, then log in again: kintell login".formatted(file));
    }
  }

  private void write(JsonObject contexts) {
    try {
      FileModes.PRIVATE.createFolders(file.getParent());
      FileModes.PRIVATE.replace(file, contexts.toString().getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new Failure(ExitCode.FAILED, "%s cannot be written: %s".formatted(file, e));
    }
  }
}
