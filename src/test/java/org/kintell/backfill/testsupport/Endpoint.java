package org.kintell.backfill.testsupport;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.StreamSupport;

/**
 * An address of a running service.
 *
 * @param path with example values for its variables
 */
public record Endpoint(String method, String path) {

  private static final List<String> METHODS = List.of("GET", "POST", "PUT", "DELETE", "HEAD");
  private static final String ANY_JOB = "00000000-0000-4000-8000-000000000000";

  /**
   * All addresses that the service itself reports: controllers, the actuator, servlets.
   *
   * @param mappings the answer of {@code /actuator/mappings}
   */
  public static List<Endpoint> of(JsonNode mappings) {
    List<Endpoint> endpoints = new ArrayList<>();
    for (JsonNode context : mappings.path("contexts")) {
      context
          .at("/mappings/dispatcherServlets/dispatcherServlet")
          .forEach(handler -> collect(handler, endpoints));
      context
          .at("/mappings/servlets")
          .forEach(servlet -> add(servlet.path("mappings"), METHODS, endpoints));
    }
    return endpoints;
  }

  private static void collect(JsonNode handler, List<Endpoint> endpoints) {
    JsonNode conditions = handler.at("/details/requestMappingConditions");
    if (conditions.isMissingNode()) {
      endpoints.add(new Endpoint("GET", example(handler.path("predicate").asText())));
      return;
    }
    List<String> methods = texts(conditions.path("methods"));
    add(conditions.path("patterns"), methods.isEmpty() ? METHODS : methods, endpoints);
  }

  private static void add(JsonNode patterns, List<String> methods, List<Endpoint> endpoints) {
    for (String pattern : texts(patterns)) {
      methods.forEach(method -> endpoints.add(new Endpoint(method, example(pattern))));
    }
  }

  private static String example(String pattern) {
    String path =
        pattern
            .replaceAll("\\{[*]?jobId}", ANY_JOB)
            .replaceAll("\\{[^}]*}", "x")
            .replace("**", "x")
            .replace("*", "x")
            .replaceAll("[^A-Za-z0-9/._-]", "");
    return path.startsWith("/") ? path : "/" + path;
  }

  private static List<String> texts(JsonNode array) {
    return StreamSupport.stream(array.spliterator(), false).map(JsonNode::asText).toList();
  }
}
