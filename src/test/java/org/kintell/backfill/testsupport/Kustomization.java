package org.kintell.backfill.testsupport;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.yaml.snakeyaml.Yaml;

/**
 * Renders a folder of Kubernetes resources as {@code kubectl kustomize} does. It knows resources,
 * components and patches of the operations add and replace, and refuses everything else.
 */
public final class Kustomization {

  private static final ObjectMapper JSON = new ObjectMapper();

  private static final Set<String> KNOWN =
      Set.of("apiVersion", "kind", "resources", "components", "patches");

  private Kustomization() {}

  /** The resources, in the order in which they are named. */
  public static List<JsonNode> render(Path folder) {
    List<JsonNode> rendered = new ArrayList<>();
    apply(folder, rendered);
    return rendered;
  }

  /** A component changes what was rendered before it. */
  private static void apply(Path folder, List<JsonNode> rendered) {
    JsonNode kustomization = documents(folder.resolve("kustomization.yaml")).get(0);
    kustomization
        .fieldNames()
        .forEachRemaining(
            field -> {
              if (!KNOWN.contains(field)) {
                throw new IllegalStateException(folder + ": " + field + " is not rendered here");
              }
            });
    for (JsonNode resource : kustomization.path("resources")) {
      Path path = folder.resolve(resource.asText());
      if (Files.isDirectory(path)) {
        apply(path, rendered);
      } else {
        rendered.addAll(documents(path));
      }
    }
    for (JsonNode component : kustomization.path("components")) {
      apply(folder.resolve(component.asText()), rendered);
    }
    for (JsonNode patch : kustomization.path("patches")) {
      patch(patch, rendered);
    }
  }

  private static void patch(JsonNode patch, List<JsonNode> rendered) {
    List<JsonNode> targets =
        rendered.stream()
            .filter(one -> one.path("kind").equals(patch.at("/target/kind")))
            .filter(one -> one.at("/metadata/name").equals(patch.at("/target/name")))
            .toList();
    if (targets.size() != 1) {
      throw new IllegalStateException(targets.size() + " targets of " + patch);
    }
    for (JsonNode operation : read(patch.path("patch").asText()).get(0)) {
      change(targets.get(0), operation);
    }
  }

  private static void change(JsonNode target, JsonNode operation) {
    JsonPointer place = JsonPointer.compile(operation.path("path").asText());
    JsonNode parent = target.at(place.head());
    boolean exists = !target.at(place).isMissingNode();
    switch (operation.path("op").asText() + (exists ? " there" : "")) {
      case "add", "add there", "replace there" -> {
        if (parent instanceof ObjectNode object) {
          object.set(place.last().getMatchingProperty(), operation.path("value"));
        } else {
          ((ArrayNode) parent).set(place.last().getMatchingIndex(), operation.path("value"));
        }
      }
      default -> throw new IllegalStateException("does not apply: " + operation);
    }
  }

  private static List<JsonNode> documents(Path file) {
    try {
      return read(Files.readString(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<JsonNode> read(String yaml) {
    List<JsonNode> documents = new ArrayList<>();
    new Yaml().loadAll(yaml).forEach(document -> documents.add(JSON.valueToTree(document)));
    return documents;
  }
}
