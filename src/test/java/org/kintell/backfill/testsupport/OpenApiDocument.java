package org.kintell.backfill.testsupport;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SchemaValidatorsConfig;
import com.networknt.schema.SpecVersion;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

/** Queries an OpenAPI document for tests. */
public final class OpenApiDocument {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final JsonSchemaFactory SCHEMAS =
      JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012);
  private static final Set<String> METHODS =
      Set.of("get", "put", "post", "delete", "patch", "head", "options");

  private final JsonNode root;

  public OpenApiDocument(JsonNode root) {
    this.root = root;
  }

  /** All operations, each as {@code GET /path}. */
  public Set<String> operations() {
    Set<String> operations = new TreeSet<>();
    root.path("paths")
        .properties()
        .forEach(
            path ->
                path.getValue()
                    .fieldNames()
                    .forEachRemaining(
                        method -> {
                          if (METHODS.contains(method)) {
                            operations.add(method.toUpperCase(Locale.ROOT) + " " + path.getKey());
                          }
                        }));
    return operations;
  }

  /** The answers that operations may give, each as {@code GET /path 200}. */
  public Set<String> answers() {
    Set<String> answers = new TreeSet<>();
    for (String operation : operations()) {
      operation(operation)
          .path("responses")
          .fieldNames()
          .forEachRemaining(status -> answers.add(operation + " " + status));
    }
    return answers;
  }

  private JsonNode operation(String operation) {
    String[] parts = operation.split(" ");
    return root.path("paths").path(parts[1]).path(parts[0].toLowerCase(Locale.ROOT));
  }

  /**
   * Undocumented contents of an answer, a sentence each.
   *
   * @param mediaType of the answer, or null without a body
   * @param body JSON, or null for other content
   */
  public List<String> contradictions(
      String operation, int status, String mediaType, JsonNode body) {
    String answer = operation + " " + status;
    JsonNode response = resolve(operation(operation).path("responses").path("" + status));
    if (response.isMissingNode()) {
      return List.of(answer + " is not documented");
    }
    JsonNode content = response.path("content");
    if (mediaType == null) {
      return content.isMissingNode() ? List.of() : List.of(answer + " has no body");
    }
    if (!content.has(mediaType)) {
      return List.of(answer + " has undocumented content of type " + mediaType);
    }
    if (body == null) {
      return List.of();
    }
    JsonNode schema = content.path(mediaType).path("schema");
    return validate(
        answer, schema.has("contentSchema") ? schema.path("contentSchema") : schema, body);
  }

  /** The examples that violate their own schemas. */
  public List<String> contradictoryExamples() {
    List<String> found = new ArrayList<>();
    for (String answer : answers()) {
      String[] parts = answer.split(" ");
      resolve(operation(parts[0] + " " + parts[1]).path("responses").path(parts[2]))
          .path("content")
          .forEach(
              content -> {
                if (content.has("example")) {
                  found.addAll(
                      validate(
                          "the example of " + answer,
                          content.path("schema"),
                          content.path("example")));
                }
              });
    }
    return found;
  }

  /** References without a target. */
  public List<String> danglingReferences() {
    return root.findValuesAsText("$ref").stream()
        .filter(ref -> root.at(ref.substring(1)).isMissingNode())
        .toList();
  }

  private JsonNode resolve(JsonNode node) {
    return node.has("$ref") ? root.at(node.path("$ref").asText().substring(1)) : node;
  }

  private List<String> validate(String what, JsonNode schema, JsonNode body) {
    ObjectNode strict = JSON.createObjectNode();
    strict.put("$schema", "https://json-schema.org/draft/2020-12/schema");
    strict.set("components", root.path("components"));
    strict.set("allOf", JSON.createArrayNode().add(schema));
    if (schema.has("$ref")) {
      // Every field must be documented.
      strict.put("unevaluatedProperties", false);
    }
    JsonSchema validator =
        SCHEMAS.getSchema(
            strict, SchemaValidatorsConfig.builder().formatAssertionsEnabled(true).build());
    return validator.validate(body).stream().map(m -> what + ": " + m.getMessage()).toList();
  }
}
