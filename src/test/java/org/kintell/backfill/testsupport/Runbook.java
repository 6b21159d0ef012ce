package org.kintell.backfill.testsupport;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.kintell.backfill.testsupport.BackfillClient.Answer;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Runs the commands of the runbook with a folder and shell variables. */
public final class Runbook {

  private static final Pattern STATEMENT = Pattern.compile("(?m)^-- name: (.+)$\\n([^;]+);");
  private static final Pattern URL = Pattern.compile("http://localhost:3002(\\S+)");
  private static final Pattern FORM_FILE = Pattern.compile("-F \"file=@([^\"]+)\"");
  private static final Pattern OUTPUT = Pattern.compile("-o (\\S+)");

  private final BackfillClient client;
  private final JdbcClient jdbc;
  private final Path folder;
  private final Map<String, String> variables = new HashMap<>();
  private final Map<String, String> statements = new HashMap<>();

  public Runbook(BackfillClient client, JdbcClient jdbc, Path folder) throws IOException {
    this.client = client;
    this.jdbc = jdbc;
    this.folder = folder;
    Matcher statement = STATEMENT.matcher(resource("statements.sql"));
    while (statement.find()) {
      statements.put(statement.group(1), statement.group(2).strip());
    }
    Files.writeString(folder.resolve("kintell_sessions.csv"), resource("kintell_sessions.csv"));
  }

  private static String resource(String name) throws IOException {
    try (InputStream in = Runbook.class.getResourceAsStream("/runbook/" + name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  /** Equivalent of {@code export NAME=value}. */
  public void export(String name, String value) {
    variables.put(name, value);
  }

  /** The rows of a query of the document. */
  public List<Map<String, Object>> query(String name) {
    return jdbc.sql(statement(name)).query().listOfRows();
  }

  /** The number of rows that a statement of the document changes. */
  public int update(String name) {
    return jdbc.sql(statement(name)).update();
  }

  private String statement(String name) {
    String sql = statements.get(name);
    assertThat(sql).as("statement %s", name).isNotNull();
    return sql.replace("job-uuid", variables.getOrDefault("JOB_ID", "job-uuid"));
  }

  /** The answer to a {@code curl} of the document; runs without curl. */
  public Answer curl(String command) {
    String line = substitute(command);
    Matcher url = URL.matcher(line);
    assertThat(url.find()).as(command).isTrue();
    Matcher form = FORM_FILE.matcher(line);
    Answer answer;
    if (form.find()) {
      answer = client.upload(url.group(1), form.group(1), stream(folder.resolve(form.group(1))));
    } else {
      assertThat(line).doesNotContain("POST");
      answer = client.get(url.group(1));
    }
    Matcher output = OUTPUT.matcher(line);
    if (output.find()) {
      write(folder.resolve(output.group(1)), answer.bytes());
    }
    return answer;
  }

  private String substitute(String command) {
    String line = command;
    for (Map.Entry<String, String> variable : variables.entrySet()) {
      line = line.replace("$" + variable.getKey(), variable.getValue());
    }
    return line;
  }

  /** The output of a shell. */
  public String shell(String script) {
    try {
      File errors = folder.resolve(".stderr").toFile();
      Process bash =
          new ProcessBuilder("bash", "-e", "-c", script)
              .directory(folder.toFile())
              .redirectError(errors)
              .start();
      String printed = new String(bash.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(bash.waitFor()).as("%s: %s", script, Files.readString(errors.toPath())).isZero();
      return printed.strip();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private static InputStream stream(Path file) {
    try {
      return Files.newInputStream(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void write(Path file, byte[] content) {
    try {
      Files.write(file, content);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
