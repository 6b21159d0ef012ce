package org.kintell.backfill.fault;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.kintell.backfill.testsupport.AccessKey;
import org.kintell.backfill.testsupport.Database;
import org.kintell.backfill.testsupport.Kustomization;
import org.kintell.backfill.testsupport.RawHttp;
import org.kintell.backfill.testsupport.RealParts;
import org.kintell.backfill.testsupport.ServiceProcess;

/**
 * The service starts as its Kubernetes files start it: with their environment, on a file system
 * that is read-only but for its volumes. Needs root on Linux.
 */
@Tag("faults")
class KubernetesIT {

  /** Volumes are mounted over folders; nothing else can be written. */
  private static final String READ_ONLY =
      "mount --make-rprivate / && mount --bind /tmp /tmp"
          + " && mount --bind \"$1\" \"$1\" && shift && mount -o remount,bind,ro / && exec \"$@\"";

  private static final Path BASE = Path.of("deploy", "kubernetes", "base");

  private final Database database = RealParts.newDatabase();
  private final ServiceProcess service = new ServiceProcess(Map.of());
  private final JsonNode deployment = find("Deployment");

  private static JsonNode find(String kind) {
    return Kustomization.render(BASE).stream()
        .filter(one -> one.path("kind").asText().equals(kind))
        .findFirst()
        .orElseThrow();
  }

  @AfterEach
  void stop() {
    service.close();
    database.close();
  }

  @Test
  void theManifestsEnvironmentStartsIt() throws Exception {
    int management = ServiceProcess.freePort();
    Path volume = service.folder().resolve("volume");
    Path secrets = Files.createDirectories(service.folder().resolve("secrets"));
    Files.createDirectories(volume);
    find("ConfigMap")
        .path("data")
        .properties()
        .forEach(
            setting ->
                service.with(
                    setting.getKey(),
                    setting
                        .getValue()
                        .asText()
                        .replace("/var/lib/kintell-connector", volume.toString())
                        .replace("/etc/kintell-connector", secrets.toString())));
    service.with("MANAGEMENT_SERVER_PORT", Integer.toString(management));
    Files.writeString(secrets.resolve("database-url"), database.url());
    Files.writeString(secrets.resolve("nats-url"), RealParts.natsUrl());
    Files.writeString(secrets.resolve("api-keys"), AccessKey.of("operations", "admin").entry());
    service
        .launchedBy(
            List.of("unshare", "--mount", "sh", "-c", READ_ONLY, "sh", service.folder().toString()))
        .start();

    JsonNode container = deployment.at("/spec/template/spec/containers/0");
    for (String probe : List.of("startupProbe", "livenessProbe", "readinessProbe")) {
      String path = container.at("/" + probe + "/httpGet/path").asText();
      assertThat(status(management, path)).as(probe).isEqualTo(200);
    }
    assertThat(status(management, "/actuator/prometheus")).isEqualTo(401);
    assertThat(Files.readString(service.log())).doesNotContain("Unknown variable");
  }

  /** The kubelet asks by the pod's address. */
  private static int status(int port, String path) {
    return RawHttp.status(RawHttp.send(port, "GET " + path + " HTTP/1.1\nHost: 10.1.2.3:9000"));
  }
}
