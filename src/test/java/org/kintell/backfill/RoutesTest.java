package org.kintell.backfill;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.yaml.snakeyaml.Yaml;

/** Checks the conventions of {@code routes/}. */
class RoutesTest {

  private static final Path FOLDER = Path.of("routes");
  private static final String EXTENSION = ".camel.yaml";
  private static final String ERROR_HANDLING = "00-error-handling";
  private static final Set<String> LANGUAGES =
      Set.of(
          "simple", "constant", "header", "exchangeProperty", "variable", "jsonpath", "tokenize");

  /** The content of the files, by name. */
  private static final Map<String, JsonNode> FILES = read();

  /** The routes of all files, by id. */
  private static final Map<String, JsonNode> ROUTES = routesOf(FILES);

  private static Map<String, JsonNode> read() {
    Map<String, JsonNode> files = new TreeMap<>();
    try (Stream<Path> paths = Files.list(FOLDER)) {
      for (Path path : paths.toList()) {
        String name = path.getFileName().toString();
        assertThat(name).endsWith(EXTENSION);
        JsonNode content = new ObjectMapper().valueToTree(new Yaml().load(Files.readString(path)));
        files.put(name.substring(0, name.length() - EXTENSION.length()), content);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return files;
  }

  private static Map<String, JsonNode> routesOf(Map<String, JsonNode> files) {
    Map<String, JsonNode> routes = new TreeMap<>();
    files.forEach(
        (file, content) -> {
          if (!file.equals(ERROR_HANDLING)) {
            for (JsonNode entry : content) {
              assertThat(entry.fieldNames()).toIterable().as(file).containsExactly("route");
              JsonNode route = entry.get("route");
              assertThat(routes.put(route.path("id").asText(), route))
                  .as("another route " + route.path("id"))
                  .isNull();
            }
          }
        });
    return routes;
  }

  static Set<String> routes() {
    return ROUTES.keySet();
  }

  @Test
  void filesAreNumberedInTheOrderOfTheFlow() {
    assertThat(FILES.keySet()).allMatch(name -> name.matches("[0-9]{2}(-[a-z]+)+"));
    assertThat(FILES).hasSizeLessThanOrEqualTo(12);
  }

  @ParameterizedTest
  @MethodSource("routes")
  void aRouteSaysWhatItIsFor(String id) {
    JsonNode route = ROUTES.get(id);
    assertThat(route.fieldNames())
        .toIterable()
        .containsExactlyInAnyOrder("id", "description", "routeConfigurationId", "from");
    assertThat(id).matches("[a-z]+(-[a-z]+)+");
    assertThat(route.get("description").asText()).isNotBlank().doesNotContain("\n");
    assertThat(route.get("from").fieldNames())
        .toIterable()
        .containsOnlyOnce("uri", "steps")
        .isSubsetOf("uri", "parameters", "steps");
  }

  @Test
  void errorHandlingHoldsOneRedeliveryPolicyAndConfigurationsOnly() {
    List<String> entries = new ArrayList<>();
    FILES.get(ERROR_HANDLING).forEach(entry -> entry.fieldNames().forEachRemaining(entries::add));
    assertThat(entries.remove(0)).isEqualTo("beans");
    assertThat(entries).containsOnly("routeConfiguration");
    assertThat(FILES.get(ERROR_HANDLING).findParents("retryWhile"))
        .hasSize(3)
        .allMatch(node -> node.path("redeliveryPolicyRef").asText().equals("databaseRetries"));
  }

  @Test
  void everyRouteNamesAnErrorConfigurationThatExistsAndEachIsUsed() {
    Set<String> configurations = new HashSet<>();
    FILES
        .get(ERROR_HANDLING)
        .findValues("routeConfiguration")
        .forEach(configuration -> configurations.add(configuration.get("id").asText()));
    Set<String> used = new HashSet<>();
    ROUTES.values().forEach(route -> used.add(route.get("routeConfigurationId").asText()));
    assertThat(used).isEqualTo(configurations);
  }

  @ParameterizedTest
  @MethodSource("routes")
  void aDirectNameIsTheIdOfItsRoute(String name) {
    String from = ROUTES.get(name).at("/from/uri").asText();
    if (from.startsWith("direct:")) {
      assertThat(from).isEqualTo("direct:" + name);
    }
    if (from.startsWith("seda:")) {
      assertThat(from).isEqualTo("seda:" + name);
    }
  }

  /** A stop waits for the polls of one queue after another. */
  @ParameterizedTest
  @MethodSource("routes")
  void aQueueIsPolledFourTimesASecond(String name) {
    JsonNode from = ROUTES.get(name).get("from");
    if (from.get("uri").asText().startsWith("seda:")) {
      assertThat(from.at("/parameters/pollTimeout").asInt()).isEqualTo(250);
    }
  }

  @Test
  void everyTargetHasAConsumerAndEveryInternalRouteACaller() {
    Set<String> consumers = new HashSet<>();
    ROUTES.values().forEach(route -> consumers.add(route.at("/from/uri").asText()));
    Set<String> targets = new HashSet<>();
    FILES.values().forEach(file -> collectTargets(file, targets));
    targets.removeIf(target -> !isInternal(target));
    consumers.removeIf(consumer -> !isInternal(consumer));
    assertThat(consumers).containsAll(targets);
    consumers.removeAll(targets);
    assertThat(consumers).allMatch(RoutesTest::isCalledFromJava);
  }

  /** All messages to a queue must have the same parameters. */
  @Test
  void aQueueIsFilledInOnePlaceWhereItHasParameters() {
    List<String> limited = new ArrayList<>();
    FILES.values().forEach(file -> collectLimited(file, limited));
    assertThat(limited).doesNotHaveDuplicates().isNotEmpty();
  }

  private static void collectLimited(JsonNode node, List<String> limited) {
    if (node.at("/parameters/discardWhenFull").asBoolean()) {
      limited.add(node.get("uri").asText());
    }
    node.forEach(child -> collectLimited(child, limited));
  }

  private static boolean isCalledFromJava(String uri) {
    try (Stream<Path> sources = Files.walk(Path.of("src", "main", "java"))) {
      for (Path source : sources.filter(Files::isRegularFile).toList()) {
        if (Files.readString(source).contains('"' + uri + '"')) {
          return true;
        }
      }
      return false;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static boolean isInternal(String uri) {
    return uri.startsWith("direct:") || uri.startsWith("seda:") || uri.startsWith("{{");
  }

  private static void collectTargets(JsonNode node, Set<String> targets) {
    if (node.has("to")) {
      targets.add(node.at("/to/uri").asText());
    }
    if (node.has("wireTap")) {
      targets.add(node.at("/wireTap/uri").asText());
    }
    if (node.has("enrich")) {
      targets.add(node.at("/enrich/expression/constant/expression").asText());
    }
    if (node.has("deadLetterUri")) {
      targets.add(node.get("deadLetterUri").asText());
    }
    node.forEach(child -> collectTargets(child, targets));
  }

  /** The compact form, such as {@code simple: "${body}"}, is deprecated. */
  @Test
  void expressionsAreWrittenOutInFull() {
    List<String> compact = new ArrayList<>();
    FILES.forEach((name, file) -> collectCompact(name, file, compact));
    assertThat(compact).isEmpty();
  }

  private static void collectCompact(String path, JsonNode node, List<String> compact) {
    for (Map.Entry<String, JsonNode> field : node.properties()) {
      String key = field.getKey();
      boolean parameters = path.endsWith("/parameters");
      boolean step = key.equals("to") || LANGUAGES.contains(key);
      if (!parameters && step && field.getValue().isValueNode()) {
        compact.add(path + "/" + key);
      }
      collectCompact(path + "/" + key, field.getValue(), compact);
    }
    if (node.isArray()) {
      node.forEach(child -> collectCompact(path, child, compact));
    }
  }

  @Test
  void onlyTheKnownKeywordsAreUsed() {
    Set<String> steps = new HashSet<>();
    FILES.values().forEach(file -> collectSteps(file, steps));
    assertThat(steps)
        .isSubsetOf(
            "aggregate",
            "bean",
            "choice",
            "doTry",
            "enrich",
            "filter",
            "idempotentConsumer",
            "log",
            "loop",
            "marshal",
            "multicast",
            "process",
            "removeHeaders",
            "removeProperties",
            "setBody",
            "setHeader",
            "setProperty",
            "setVariable",
            "split",
            "stop",
            "throttle",
            "to",
            "toD",
            "unmarshal",
            "wireTap");
  }

  private static void collectSteps(JsonNode node, Set<String> steps) {
    if (node.path("steps").isArray()) {
      node.get("steps").forEach(step -> step.fieldNames().forEachRemaining(steps::add));
    }
    node.forEach(child -> collectSteps(child, steps));
  }
}
