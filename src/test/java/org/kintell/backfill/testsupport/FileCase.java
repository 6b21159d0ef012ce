package org.kintell.backfill.testsupport;

import java.io.ByteArrayOutputStream;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A case of {@code spec/files/*.yaml}: a file, and its outcome. Two users exist, p@example.com and
 * v@example.com, and those that the case names. Its text form names it in reports.
 *
 * @param spec the name of the YAML file
 * @param fields the fields of the case
 */
public record FileCase(String spec, Map<String, Object> fields) {

  private static final List<String> SPECS =
      List.of(
          "reading",
          "line-ends",
          "headers",
          "foreign",
          "unreadable-rows",
          "duplicates",
          "error-file",
          "error-file-again");

  /** All cases. */
  public static Stream<FileCase> all() {
    return SPECS.stream()
        .flatMap(
            spec ->
                Spec.<List<Map<String, Object>>>read("files/" + spec).stream()
                    .map(fields -> new FileCase(spec, fields)));
  }

  /** The cases with an error file. */
  public static Stream<FileCase> withRejects() {
    return all().filter(spec -> spec.rejects() > 0);
  }

  /** Creates the users and sessions that exist before the import. */
  public void setUp(Sessions sessions) {
    sessions.addUsers("p@example.com", "v@example.com");
    sessions.addUsers(Spec.<String>list(fields, "users").toArray(String[]::new));
    for (Object id : Spec.list(fields, "existing")) {
      sessions.add((String) id, "p@example.com", "v@example.com");
    }
  }

  public byte[] input() {
    byte[] content = Spec.bytes(fields.get("input"));
    return fields.containsKey("gzip") ? Packed.gzip(content) : content;
  }

  public String fileName() {
    return (String) fields.getOrDefault("file", "sessions.csv");
  }

  /** The expected error file: its lines, header included. */
  public byte[] errors() {
    byte[] lineEnd = Spec.bytes(fields.getOrDefault("line-end", "\n"));
    ByteArrayOutputStream errors = new ByteArrayOutputStream();
    for (Object line : Spec.list(fields, "errors")) {
      errors.writeBytes(Spec.bytes(line));
      errors.writeBytes(lineEnd);
    }
    return errors.toByteArray();
  }

  public int rejects() {
    return Math.max(0, Spec.list(fields, "errors").size() - 1);
  }

  @Override
  public String toString() {
    return spec + ": " + fields.get("id");
  }
}
