package org.kintell.backfill.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.kintell.backfill.testsupport.Database;
import org.kintell.backfill.testsupport.NatsServer;
import org.kintell.backfill.testsupport.RealParts;
import org.kintell.backfill.testsupport.ServiceProcess;

/** Secrets of any characters are used unchanged, never evaluated, and never logged. */
class SecretsIT {

  private static final String ODD = "Se'cret ${HOME} ${not.there} #{7*7} 100%\\${x} \"q\" & c";

  /** As psql reads it: only characters that would end it are encoded. */
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
          .doesNotContainIgnoringCase("Se'cret", "Se%27cret", "not.there", "7*7", "{bcrypt}");
    } finally {
      RealParts.jdbc().sql("DROP ROLE IF EXISTS odd").update();
    }
  }

  private static String createRole() {
    return "CREATE ROLE odd SUPERUSER LOGIN PASSWORD '" + ODD.replace("'", "''") + "'";
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }

  @Test
  void oneThatCannotBeIsRefusedWithoutAPieceOfIt() throws IOException {
    assertRefused("' + T(java.lang.Runtime).getRuntime().exec('touch evaluated') + '");
  }

  /** DatabaseUrlTest and WrongSettingsTest try such values without a process. */
  @Test
  @Tag("faults")
  void noPieceOfAPasswordIsShown() throws IOException {
    assertRefused("jdbc:postgresql://me:pie/zzs${of}#{it}@127.0.0.1:1/x");
  }

  private static void assertRefused(String url) throws IOException {
    try (ServiceProcess service = new ServiceProcess(Map.of("DATABASE_URL", url))) {
      assertThat(service.launch().awaitExit()).isNotZero();
      assertThat(Files.readAllLines(service.log()))
          .filteredOn(line -> !line.contains(" INFO "))
          .singleElement()
          .asString()
          .contains("ERROR", "Invalid DATABASE_URL '", "***", "': expected ")
          .doesNotContain("pie", "zzs", "of}", "it}", "touch", "exec");
      assertThat(service.folder().resolve("evaluated")).doesNotExist();
    }
  }
}
