package org.kintell.backfill;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.gson.JsonElement;
import com.google.gson.JsonParser;
import io.kubernetes.client.openapi.models.V1ConfigMap;
import io.kubernetes.client.openapi.models.V1Deployment;
import io.kubernetes.client.openapi.models.V1Ingress;
import io.kubernetes.client.openapi.models.V1NetworkPolicy;
import io.kubernetes.client.openapi.models.V1PersistentVolumeClaim;
import io.kubernetes.client.openapi.models.V1PodDisruptionBudget;
import io.kubernetes.client.openapi.models.V1Service;
import io.kubernetes.client.openapi.models.V1ServiceAccount;
import io.kubernetes.client.openapi.models.V1StatefulSet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.kintell.backfill.testsupport.Kustomization;

/** The files for Kubernetes, read as the API server reads them: it refuses unknown fields. */
class KubernetesFilesTest {

  private static final Path FOLDER = Path.of("deploy", "kubernetes");

  /** Refuses a document that has a field which its kind has not. */
  private interface Schema {
    void validate(JsonElement document) throws IOException;
  }

  private static final Map<String, Schema> KINDS =
      Map.of(
          "v1 ConfigMap", V1ConfigMap::validateJsonElement,
          "v1 PersistentVolumeClaim", V1PersistentVolumeClaim::validateJsonElement,
          "v1 Service", V1Service::validateJsonElement,
          "v1 ServiceAccount", V1ServiceAccount::validateJsonElement,
          "apps/v1 Deployment", V1Deployment::validateJsonElement,
          "apps/v1 StatefulSet", V1StatefulSet::validateJsonElement,
          "networking.k8s.io/v1 Ingress", V1Ingress::validateJsonElement,
          "networking.k8s.io/v1 NetworkPolicy", V1NetworkPolicy::validateJsonElement,
          "policy/v1 PodDisruptionBudget", V1PodDisruptionBudget::validateJsonElement);

  /** Kinds of operators that a cluster may have; their schemas are not checked here. */
  private static final Set<String> OF_OPERATORS =
      Set.of(
          "monitoring.coreos.com/v1 PodMonitor",
          "keda.sh/v1alpha1 ScaledObject",
          "keda.sh/v1alpha1 TriggerAuthentication",
          "postgresql.cnpg.io/v1 Cluster");

  @ParameterizedTest
  @ValueSource(strings = {"base", "overlays/one", "overlays/several"})
  void everyDocumentHasOnlyFieldsOfItsKind(String path) throws IOException {
    List<JsonNode> rendered = Kustomization.render(FOLDER.resolve(path));
    for (JsonNode one : rendered) {
      String kind = one.path("apiVersion").asText() + " " + one.path("kind").asText();
      if (!OF_OPERATORS.contains(kind)) {
        assertThat(KINDS).containsKey(kind);
        KINDS.get(kind).validate(JsonParser.parseString(one.toString()));
      }
    }
    assertThat(rendered.stream().map(one -> one.path("kind") + " " + one.at("/metadata/name")))
        .doesNotHaveDuplicates();
  }

  @Test
  void everyFileBelongsToAKustomization() throws IOException {
    try (Stream<Path> files = Files.walk(FOLDER)) {
      Set<Path> folders =
          files
              .filter(file -> file.toString().endsWith(".yaml"))
              .map(Path::getParent)
              .collect(Collectors.toSet());
      for (Path folder : folders) {
        String named = Files.readString(folder.resolve("kustomization.yaml"));
        try (Stream<Path> siblings = Files.list(folder)) {
          assertThat(siblings.map(file -> file.getFileName().toString()))
              .allMatch(name -> name.equals("kustomization.yaml") || named.contains("- " + name));
        }
      }
    }
  }

  @Test
  void noContainerMayDoMoreThanItNeeds() {
    List<JsonNode> pods =
        Kustomization.render(FOLDER.resolve("overlays/several")).stream()
            .map(one -> one.at("/spec/template/spec"))
            .filter(pod -> !pod.isMissingNode())
            .toList();
    assertThat(pods).hasSize(2);
    for (JsonNode pod : pods) {
      assertThat(pod.path("automountServiceAccountToken").asBoolean(true)).isFalse();
      assertThat(pod.at("/securityContext/runAsNonRoot").asBoolean()).isTrue();
      JsonNode container = pod.at("/containers/0");
      assertThat(container.at("/securityContext/readOnlyRootFilesystem").asBoolean()).isTrue();
      assertThat(container.at("/securityContext/allowPrivilegeEscalation").asBoolean(true))
          .isFalse();
      assertThat(container.at("/securityContext/capabilities/drop/0").asText()).isEqualTo("ALL");
      assertThat(container.at("/resources/limits/memory").asText()).isNotEmpty();
    }
  }

  /** The processes of one database share their files, so all nodes must reach the volume. */
  @Test
  void severalProcessesShareAVolumeThatAllNodesCanMount() {
    List<JsonNode> rendered = Kustomization.render(FOLDER.resolve("overlays/several"));
    assertThat(find(rendered, "Deployment").at("/spec/replicas").asInt()).isEqualTo(3);
    assertThat(find(rendered, "PersistentVolumeClaim").at("/spec/accessModes/0").asText())
        .isEqualTo("ReadWriteMany");
  }

  private static JsonNode find(List<JsonNode> rendered, String kind) {
    return rendered.stream()
        .filter(one -> one.path("kind").asText().equals(kind))
        .filter(one -> one.at("/metadata/name").asText().equals("kintell-connector"))
        .findFirst()
        .orElseThrow();
  }
}
