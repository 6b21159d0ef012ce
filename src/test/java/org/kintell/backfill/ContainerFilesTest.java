package org.kintell.backfill;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.yaml.snakeyaml.Yaml;

/** Checks the text of the container's files, because no engine builds them here. */
class ContainerFilesTest {

  private static final JsonNode COMPOSE = compose();
  private static final Pattern REQUIRED = Pattern.compile("\\$\\{[A-Z_]+(:\\?[^}]+)?}");

  @Test
  void noPasswordHasADefault() {
    List<String> secrets =
        List.of(
            COMPOSE.at("/services/postgres/environment/POSTGRES_PASSWORD").asText(),
            COMPOSE.at("/services/grafana/environment/GF_SECURITY_ADMIN_PASSWORD").asText(),
            COMPOSE.at("/services/nats/command/6").asText());
    assertThat(secrets).allMatch(secret -> secret.matches("\\$\\{[A-Z_]+:\\?run [^}]+}"));
    assertThat(COMPOSE.at("/services/nats/command/5").asText()).isEqualTo("--auth");
    JsonNode service = COMPOSE.at("/services/kintell-connector/environment");
    assertThat(service.path("DATABASE_URL").asText())
        .matches("postgres://kintell:" + REQUIRED + "@postgres:5432/kintell");
    assertThat(service.path("NATS_URL").asText()).matches("nats://" + REQUIRED + "@nats:4222");
  }

  @Test
  void everyServiceIsLimitedAndReachesOnlyWhatItNeeds() {
    assertThat(COMPOSE.path("services")).hasSize(6);
    COMPOSE
        .path("services")
        .properties()
        .forEach(
            service -> {
              String name = service.getKey();
              assertThat(service.getValue().path("mem_limit").asText())
                  .as(name)
                  .matches("\\d+[mg]");
              assertThat(service.getValue().path("pids_limit").asInt()).as(name).isPositive();
              assertThat(service.getValue().path("ports"))
                  .as(name)
                  .allMatch(port -> port.asText().startsWith("127.0.0.1:"));
              boolean watches = name.equals("prometheus") || name.equals("grafana");
              String networks = service.getValue().path("networks").toString();
              assertThat(networks).as(name).isNotEmpty();
              assertThat(networks.contains("data")).as(name).isEqualTo(!watches);
            });
  }

  @Test
  void theEnvironmentFileIsMadeOnceWithRandomSecretsForItsOwnerOnly(@TempDir Path folder)
      throws Exception {
    Path script = Files.createDirectory(folder.resolve("deploy")).resolve("make-env.sh");
    Files.copy(Path.of("deploy", "make-env.sh"), script);
    assertThat(run(List.of("bash", script.toString()), 0, null)).contains("Made .env");
    Path made = folder.resolve(".env");
    List<String> lines = Files.readAllLines(made);
    assertThat(lines).hasSize(4).allMatch(line -> line.matches("[A-Z_]+=[0-9a-f]{48}"));
    assertThat(lines.stream().map(line -> line.replaceFirst(".*=", "")).distinct()).hasSize(4);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(made)))
        .isEqualTo("rw-------");
    assertThat(run(List.of("bash", script.toString()), 0, null)).contains("there already");
    assertThat(made).hasContent(String.join("\n", lines));
    assertThat(Files.readString(Path.of(".gitignore"))).contains("/.env\n");
  }

  @Test
  void theImageHasNoDatabaseOfItsOwnAndRunsAsNobody() throws IOException {
    String file = Files.readString(Path.of("Dockerfile"));
    String image = file.substring(file.lastIndexOf("\nFROM "));
    assertThat(file).contains("package -Pcontainer");
    assertThat(image)
        .contains("USER kintell", "HEALTHCHECK")
        .doesNotContain("apt-get", "USER root");
    assertThat(Files.readString(Path.of("pom.xml")))
        .containsSubsequence(
            "<id>container</id>",
            "<excludeGroupIds>io.zonky.test.postgres</excludeGroupIds>",
            "</profile>");
    // What the Dockerfile copies must be in its context.
    String context = Files.readString(Path.of(".dockerignore"));
    Pattern.compile("^COPY (?!--from)(?:--\\S+ )*(.+) \\S+$", Pattern.MULTILINE)
        .matcher(file)
        .results()
        .flatMap(copied -> Pattern.compile(" ").splitAsStream(copied.group(1)))
        .forEach(path -> assertThat(context).contains("!" + path + "\n"));
  }

  @Test
  void theWrapperChecksWhatItDownloads() throws IOException {
    assertThat(Files.readAllLines(Path.of(".mvn", "wrapper", "maven-wrapper.properties")))
        .anyMatch(line -> line.startsWith("distributionUrl=https://"))
        .anyMatch(line -> line.matches("distributionSha256Sum=[0-9a-f]{64}"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {"200 | 0 | ''", "503 | 1 | 503", "401 | 1 | may not ask", "403 | 1 | may not ask"})
  void theProbeTellsARefusalFromAServiceThatIsWell(int status, int exit, String says)
      throws Exception {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/health",
        request -> {
          request.sendResponseHeaders(status, -1);
          request.close();
        });
    server.start();
    try {
      String port = Integer.toString(server.getAddress().getPort());
      assertThat(run(List.of("bash", "deploy/healthcheck.sh"), exit, port)).contains(says);
    } finally {
      server.stop(0);
    }
  }

  private static String run(List<String> command, int exit, String port) throws Exception {
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    if (port != null) {
      builder.environment().put("SERVER_PORT", port);
    }
    Process process = builder.start();
    String output = new String(process.getInputStream().readAllBytes());
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(output).isEqualTo(exit);
    return output;
  }

  private static JsonNode compose() {
    try {
      return new ObjectMapper()
          .valueToTree(new Yaml().<Object>load(Files.readString(Path.of("docker-compose.yml"))));
    } catch (IOException e) {
      throw new ExceptionInInitializerError(e);
    }
  }
}
