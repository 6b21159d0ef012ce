package org.kintell.backfill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Secrets of any characters: they are used as they are, never evaluated, and never logged. */
class SecretsIT {

  private static final String ODD = "Se'cret ${HOME} ${not.there} #{7*7} 100%\\${x} \"q\" & c";

  /** As psql takes it: only what would end it is encoded. */
  private static final String IN_URL =
      ODD.replace("%", "%25").replace(" ", "%20").replace("\"", "%22");

  @Test
  void aPasswordOfAnyCharactersIsUsedAndNotLogged() throws IOException {
    try (Database database = RealParts.newDatabase();
        NatsServer nats = NatsServer.withPassword("me", ODD).start();
        ServiceProcess service = new ServiceProcess(Map.of())) {
      database.jdbc().sql(createRole()).update();
      String url = database.url().replace("postgres:postgres@", "odd:" + IN_URL + "@");
      service
          .with(
              "DATABASE_URL_FILE", Files.writeString(service.folder().resolve("u"), url).toString())
          .with("NATS_URL", nats.url().replace("//", "//me:" + encoded(ODD) + "@"))
          .withAdmin("me", ODD)
          .start();

      await()
          .atMost(Duration.ofSeconds(60))
          .until(() -> service.client().withKey(ODD).get("/health").status() == 200);
      await()
          .atMost(Duration.ofSeconds(60))
          .until(() -> Files.readString(service.log()).contains("NATS connected"));
      assertThat(Files.readString(service.log()))
          .doesNotContainIgnoringCase("Se'cret", "Se%27cret", "not.there", "7*7", "49", "{bcrypt}");
    } finally {
      try (Database other = RealParts.newDatabase()) {
        other.jdbc().sql("DROP ROLE IF EXISTS odd").update();
      }
    }
  }

  private static String createRole() {
    return "CREATE ROLE odd SUPERUSER LOGIN PASSWORD '" + ODD.replace("'", "''") + "'";
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }

  /** The embedded PostgreSQL, or a server that is away, must not come first. */
  @Test
  void oneThatCannotBeIsRefusedWithoutAPieceOfIt() throws Exception {
    String command = "#{T(java.lang.Runtime).getRuntime().exec('touch '+'evaluated')}";
    List<Map<String, String>> wrong =
        List.of(
            Map.of("DATABASE_URL", "postgres://me:pie/ces of@it@127.0.0.1:1/x"),
            Map.of("DATABASE_URL", "postgres://me:pie${ces}#{of}%it@127.0.0.1:1/x"),
            Map.of("DATABASE_URL", "jdbc:postgresql://me:pie/ces/of/it@127.0.0.1:1/x"),
            Map.of(
                "DATABASE_URL",
                "' + T(java.lang.Runtime).getRuntime().exec('touch evaluated') + '"),
            Map.of("DATABASE_URL", "postgres://me:pieces" + command + "@127.0.0.1:1/x"),
            Map.of("NATS_URL", "nats://me:pie,ces/of it@127.0.0.1:1"),
            Map.of("NATS_URL", "nats://me:pie${ces}#{of}%it@127.0.0.1:1"),
            Map.of("BACKFILL_API_KEYS", "me:admin:pie'${ces}#{of}%it"),
            Map.of("BACKFILL_API_KEYS", "pie'${ces}#{of} %it"));
    ExecutorService two = Executors.newFixedThreadPool(2);
    try {
      List<Callable<Void>> starts = wrong.stream().map(SecretsIT::startFails).toList();
      for (Future<Void> start : two.invokeAll(starts)) {
        start.get();
      }
    } finally {
      two.shutdownNow();
    }
  }

  private static Callable<Void> startFails(Map<String, String> variables) {
    return () -> {
      String variable = variables.keySet().iterator().next();
      try (ServiceProcess service = new ServiceProcess(variables)) {
        if (!variable.equals("DATABASE_URL")) {
          service.with("DATABASE_URL", RealParts.databaseUrl());
        }
        assertThat(service.launch().awaitExit()).isNotZero();
        assertThat(Files.readAllLines(service.log()))
            .as(variables.toString())
            .filteredOn(line -> !line.contains(" INFO "))
            .singleElement()
            .asString()
            .contains("ERROR", variable + "=", "Allowed: ")
            .doesNotContain("pie", "ces", "of}", "it@", "touch", "exec");
        try (Stream<Path> made = Files.list(service.folder())) {
          assertThat(made).noneMatch(file -> file.endsWith("evaluated"));
        }
      }
      return null;
    };
  }
}
