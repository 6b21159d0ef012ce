package org.kintell.backfill;

import static java.util.Map.entry;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.camel.AggregationStrategy;
import org.apache.camel.Processor;
import org.apache.camel.processor.errorhandler.RedeliveryPolicy;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.springframework.beans.factory.annotation.AnnotatedBeanDefinition;
import org.springframework.beans.factory.support.SimpleBeanDefinitionRegistry;
import org.springframework.context.annotation.AnnotationBeanNameGenerator;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.ClassPathScanningCandidateComponentProvider;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.util.ClassUtils;
import org.yaml.snakeyaml.Yaml;

/**
 * Every bean and every method that a route names exists; YAML itself would fail only when it runs.
 */
class RouteBeansTest {

  private static final Pattern IN_AN_EXPRESSION = Pattern.compile("bean:(\\w+)\\?method=(\\w+)");
  private static final Pattern IN_A_PARAMETER = Pattern.compile("#(\\w+)");

  /** NatsLink binds it when it knows the address; the others are found on the class path. */
  private static final List<String> BOUND_LATER = List.of("natsConnection");

  private static final Map<String, Class<?>> BEANS = beans();

  /** The package that each flow belongs to. Failures are handled for all of them in one place. */
  private static final Map<String, String> PACKAGES =
      Map.ofEntries(
          entry("00-error-handling", ""),
          entry("01-start", "start"),
          entry("02-run", "job.run"),
          entry("03-load", "load.write"),
          entry("04-events", "event"),
          entry("05-inbox", "inbox"),
          entry("06-dry-run", "dryrun"),
          entry("07-rollback", "rollback"),
          entry("08-notify", "api.progress"),
          entry("09-housekeeping", "ops"),
          entry("10-store", "store"),
          entry("11-bucket-inbox", "inbox"));

  /** A bean that a route names, and its method; null for a processor, a strategy and the like. */
  private record Use(String bean, String method, Class<?> type) {}

  @TestFactory
  Stream<DynamicTest> everyBeanAndMethodExists() throws IOException {
    List<DynamicTest> tests = new ArrayList<>();
    try (Stream<Path> files = Files.list(Path.of("routes"))) {
      for (Path file : files.sorted().toList()) {
        List<Use> uses = new ArrayList<>();
        JsonNode content = new ObjectMapper().valueToTree(new Yaml().load(Files.readString(file)));
        declare(content);
        collect(content, "", uses);
        String flow = file.getFileName().toString().replace(".camel.yaml", "");
        for (Use use : Set.copyOf(uses)) {
          tests.add(DynamicTest.dynamicTest(flow + " " + use, () -> check(flow, use)));
        }
      }
    }
    assertThat(tests).hasSizeGreaterThan(90);
    return tests.stream();
  }

  /** Adds the beans that the file itself declares. */
  private static void declare(JsonNode file) {
    for (JsonNode bean : file.findPath("beans")) {
      BEANS.put(
          bean.get("name").asText(), ClassUtils.resolveClassName(bean.get("type").asText(), null));
    }
  }

  private static void check(String flow, Use use) {
    if (BOUND_LATER.contains(use.bean())) {
      return;
    }
    assertThat(BEANS.containsKey(use.bean())).as("bean " + use.bean()).isTrue();
    Class<?> type = BEANS.get(use.bean());
    if (type.getPackageName().startsWith(Packages.named(""))) {
      assertThat(Packages.ORDER.indexOf(Packages.nameOf(type)))
          .as(
              flow
                  + " belongs to the package "
                  + PACKAGES.get(flow)
                  + ", which may not know "
                  + type)
          .isLessThanOrEqualTo(Packages.ORDER.indexOf(PACKAGES.get(flow)));
    }
    if (use.type() != null) {
      assertThat(use.type()).isAssignableFrom(type);
    }
    if (use.method() != null) {
      assertThat(type.getMethods())
          .filteredOn(method -> !method.isBridge())
          .extracting(Method::getName)
          .as("public methods of " + type.getSimpleName())
          .containsOnlyOnce(use.method());
    }
  }

  private static void collect(JsonNode node, String key, List<Use> uses) {
    if (node.has("ref")) {
      JsonNode method = node.get("method");
      if (key.equals("bean") || key.equals("method")) {
        assertThat(method).as("method of " + node).isNotNull();
      }
      uses.add(
          new Use(
              node.get("ref").asText(),
              method == null ? null : method.asText(),
              key.equals("process") ? Processor.class : null));
    }
    for (Map.Entry<String, JsonNode> field : node.properties()) {
      if (field.getKey().endsWith("Ref")) {
        boolean policy = field.getKey().equals("redeliveryPolicyRef");
        uses.add(
            new Use(
                field.getValue().asText(),
                null,
                policy ? RedeliveryPolicy.class : Processor.class));
      }
      if (field.getValue().isTextual()) {
        Class<?> type =
            field.getKey().equals("aggregationStrategy") ? AggregationStrategy.class : null;
        Matcher parameter = IN_A_PARAMETER.matcher(field.getValue().asText());
        while (parameter.find()) {
          uses.add(new Use(parameter.group(1), null, type));
        }
        Matcher expression = IN_AN_EXPRESSION.matcher(field.getValue().asText());
        while (expression.find()) {
          uses.add(new Use(expression.group(1), expression.group(2), null));
        }
      }
      collect(field.getValue(), field.getKey(), uses);
    }
    if (node.isArray()) {
      node.forEach(child -> collect(child, key, uses));
    }
  }

  /** The beans of this service by name, under any condition and profile. */
  private static Map<String, Class<?>> beans() {
    Map<String, Class<?>> beans = new TreeMap<>();
    ClassPathScanningCandidateComponentProvider scanner =
        new ClassPathScanningCandidateComponentProvider(true) {
          @Override
          protected boolean isCandidateComponent(AnnotatedBeanDefinition definition) {
            return definition.getMetadata().isIndependent();
          }
        };
    // The beans of a bucket have a condition on their classes; no route names those of a folder.
    StandardEnvironment environment = new StandardEnvironment();
    environment
        .getPropertySources()
        .addFirst(new MapPropertySource("bucket", Map.of("backfill.store", "s3://bucket")));
    scanner.setEnvironment(environment);
    SimpleBeanDefinitionRegistry registry = new SimpleBeanDefinitionRegistry();
    scanner
        .findCandidateComponents("org.kintell.backfill")
        .forEach(
            definition -> {
              Class<?> type =
                  ClassUtils.resolveClassName(
                      definition.getBeanClassName(), RouteBeansTest.class.getClassLoader());
              beans.put(
                  AnnotationBeanNameGenerator.INSTANCE.generateBeanName(definition, registry),
                  type);
              Arrays.stream(type.getDeclaredMethods())
                  .filter(method -> method.isAnnotationPresent(Bean.class))
                  .filter(method -> !Modifier.isPrivate(method.getModifiers()))
                  .forEach(method -> beans.put(beanName(method), method.getReturnType()));
            });
    return beans;
  }

  private static String beanName(Method method) {
    String[] names = method.getAnnotation(Bean.class).name();
    String[] values = method.getAnnotation(Bean.class).value();
    return names.length > 0 ? names[0] : values.length > 0 ? values[0] : method.getName();
  }
}
