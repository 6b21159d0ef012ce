package org.kintell.backfill.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.kintell.backfill.job.JobStatus;
import org.kintell.backfill.row.Rule;
import org.springframework.core.io.ClassPathResource;

/**
 * The console's texts are those that its pages use, its scripts import what they use, and its page
 * names them.
 */
class ConsoleTextsTest {

  private static final Path FOLDER = Path.of("src/main/resources/console");

  /** {@code text.group.name}, {@code text.name}, and {@code text.group[} where any may be meant. */
  private static final Pattern USE =
      Pattern.compile("\\btext\\.(\\w+(?:\\.\\w+)?)(?!\\w)|\\btext\\.(\\w+)\\[");

  private static final Pattern GROUP = Pattern.compile("  (\\w+): \\{");
  private static final Pattern NAME = Pattern.compile("  ( *)(?:(\\w+)|'([\\w-]+)'): .+");

  @Test
  void eachTextIsUsedAndEachThatIsUsedExists() throws IOException {
    Set<String> texts = texts();
    Set<String> groups = new TreeSet<>();
    texts.forEach(text -> groups.add(text.replaceFirst("\\..*", "")));
    Set<String> used = new TreeSet<>();
    Matcher use = USE.matcher(scripts());
    while (use.find()) {
      String name = use.group(1);
      if (texts.contains(name)) {
        used.add(name);
      } else if (name.contains(".") && texts.contains(name.replaceFirst("\\..*", ""))) {
        used.add(name.replaceFirst("\\..*", ""));
      } else {
        assertThat(groups).as("text.%s", name).contains(name);
        texts.stream().filter(text -> text.startsWith(name + ".")).forEach(used::add);
      }
    }
    assertThat(used).hasSizeGreaterThan(200).isEqualTo(texts);
  }

  @Test
  void eachCauseAndEachActionOfAHistoryHasWords() throws IOException {
    Set<String> needed =
        new TreeSet<>(
            List.of(
                "actions.uploaded",
                "actions.started",
                "actions.resumed",
                "actions.retried",
                "actions.corrected",
                "actions.rollback-requested",
                "actions.pause-requested",
                "actions.pause-withdrawn",
                "actions.cancel-requested",
                "actions.cancel-withdrawn"));
    Arrays.stream(Rule.values()).forEach(rule -> needed.add("causes." + rule.cause()));
    Arrays.stream(JobStatus.values())
        .filter(status -> status != JobStatus.PENDING && status != JobStatus.ROLLING_BACK)
        .forEach(status -> needed.add("actions." + status.stored().replace('_', '-')));
    Pattern note = Pattern.compile("trail\\.note(?:Once)?\\(\\s*\"([\\w-]+)\"\\s*,\\s*+(?!null)");
    try (Stream<Path> files = Files.walk(Path.of("src/main/java"))) {
      files
          .filter(Files::isRegularFile)
          .forEach(
              file ->
                  note.matcher(read(file))
                      .results()
                      .forEach(it -> needed.add("actions." + it.group(1))));
    }
    assertThat(texts().stream().filter(text -> text.matches("(actions|causes)\\..+")))
        .containsExactlyInAnyOrderElementsOf(needed);
  }

  @Test
  void eachCauseHasTheRemedyThatTheCommandLineShows() throws IOException {
    String texts = read(FOLDER.resolve("texts.js"));
    assertThat(Rule.values())
        .allSatisfy(
            rule ->
                assertThat(texts)
                    .containsPattern(
                        "    '%s': \\['.+', '%s'\\],"
                            .formatted(rule.cause(), Pattern.quote(rule.remedy()))));
  }

  @Test
  void eachScriptImportsOnlyWhatItUses() throws IOException {
    Pattern imported = Pattern.compile("(?m)^import \\{ (.+) } from");
    for (Path file : files()) {
      String script = read(file);
      for (String names : imported.matcher(script).results().map(it -> it.group(1)).toList()) {
        for (String name : names.split(", ")) {
          String own = name.replaceFirst(".* as ", "");
          assertThat(Pattern.compile("\\b" + own + "\\b").matcher(script).results().count())
              .as("%s in %s", own, file.getFileName())
              .isGreaterThan(1);
        }
      }
    }
  }

  /** A script that the page does not name is found, and fetched, only after one that imports it. */
  @Test
  void thePageNamesEachScriptInAdvance() throws IOException {
    Set<String> needed = new TreeSet<>();
    addImports("app.js", needed);
    Matcher link =
        Pattern.compile("<link rel=\"modulepreload\" href=\"console/(.+)\">")
            .matcher(read(FOLDER.resolve("index.html")));

    assertThat(link.results().map(it -> it.group(1)))
        .contains("imports.js", "lit/directives/repeat.js")
        .containsExactlyInAnyOrderElementsOf(needed);
  }

  /** Adds what a script imports, with what that imports; paths are relative to the folder. */
  private static void addImports(String script, Set<String> found) throws IOException {
    Matcher from = Pattern.compile("\\bfrom ?['\"]([^'\"]+)['\"]").matcher(script(script));
    for (String path : from.results().map(it -> it.group(1)).toList()) {
      String imported =
          Path.of(script).resolveSibling(path).normalize().toString().replace('\\', '/');
      if (found.add(imported)) {
        addImports(imported, found);
      }
    }
  }

  private static String script(String path) throws IOException {
    return path.startsWith("lit/")
        ? new ClassPathResource("META-INF/resources/webjars/lit-html/3.3.1/" + path.substring(4))
            .getContentAsString(StandardCharsets.UTF_8)
        : read(FOLDER.resolve(path));
  }

  /** Names of texts: {@code group.name}, or {@code name} where it stands alone. */
  private static Set<String> texts() throws IOException {
    Set<String> texts = new TreeSet<>();
    String group = "";
    for (String line : Files.readAllLines(FOLDER.resolve("texts.js"))) {
      Matcher opened = GROUP.matcher(line);
      Matcher named = NAME.matcher(line);
      if (opened.matches()) {
        group = opened.group(1) + ".";
      } else if (line.equals("  },")) {
        group = "";
      } else if (named.matches() && named.group(1).length() == (group.isEmpty() ? 0 : 2)) {
        texts.add(group + (named.group(2) == null ? named.group(3) : named.group(2)));
      }
    }
    return texts;
  }

  private static String scripts() throws IOException {
    StringBuilder all = new StringBuilder();
    for (Path file : files()) {
      if (!file.endsWith("texts.js")) {
        all.append(read(file));
      }
    }
    return all.toString();
  }

  private static List<Path> files() throws IOException {
    try (Stream<Path> files = Files.list(FOLDER)) {
      return files.filter(file -> file.toString().endsWith(".js")).toList();
    }
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
