package org.kintell.backfill.testsupport;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.AbstractConstruct;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;

/**
 * Behaviour as data: YAML files on the class path under {@code spec/}. Besides plain YAML, a text
 * may be {@code !repeat [text, times]}, and bytes that are no text are {@code !!binary}, in base64,
 * or a {@code !zip} of names with their contents.
 */
public final class Spec {

  private Spec() {}

  /** The content of {@code spec/<name>.yaml}. */
  public static <T> T read(String name) {
    try (InputStream in = Spec.class.getResourceAsStream("/spec/" + name + ".yaml")) {
      return new Yaml(new Tags()).load(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The bytes of a text, of binary data, or of a list of such. */
  public static byte[] bytes(Object value) {
    if (value instanceof byte[] binary) {
      return binary;
    }
    if (value instanceof List<?> parts) {
      ByteArrayOutputStream all = new ByteArrayOutputStream();
      parts.forEach(part -> all.writeBytes(bytes(part)));
      return all.toByteArray();
    }
    return value.toString().getBytes(StandardCharsets.UTF_8);
  }

  /** The list under a key; empty if there is none. */
  @SuppressWarnings("unchecked")
  public static <T> List<T> list(Map<String, Object> map, String key) {
    return (List<T>) map.getOrDefault(key, List.of());
  }

  private static final class Tags extends SafeConstructor {
    Tags() {
      super(new LoaderOptions());
      yamlConstructors.put(
          new Tag("!repeat"),
          new AbstractConstruct() {
            @Override
            public Object construct(Node node) {
              List<?> parts = constructSequence((SequenceNode) node);
              return parts.get(0).toString().repeat((Integer) parts.get(1));
            }
          });
      yamlConstructors.put(
          new Tag("!zip"),
          new AbstractConstruct() {
            @Override
            public Object construct(Node node) {
              return Packed.zip(
                  constructMapping((MappingNode) node).entrySet().stream()
                      .map(file -> Packed.entry(file.getKey().toString(), bytes(file.getValue())))
                      .toList());
            }
          });
      // A date or a number in a file is a text, as it is in CSV.
      yamlConstructors.put(Tag.TIMESTAMP, new ConstructYamlStr());
      yamlConstructors.put(Tag.FLOAT, new ConstructYamlStr());
    }
  }
}
