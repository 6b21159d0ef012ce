package org.kintell.backfill.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.apache.camel.spring.boot.CamelConfigurationProperties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.kintell.backfill.KintellConnector;
import org.kintell.backfill.StartupIT;
import org.kintell.backfill.database.DatabaseSettings;
import org.kintell.backfill.http.security.AccessSettings;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.actuate.autoconfigure.web.server.ManagementServerProperties;
import org.springframework.boot.autoconfigure.web.ServerProperties;
import org.springframework.boot.autoconfigure.web.servlet.MultipartProperties;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.ComponentScan;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.FilterType;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

/**
 * Every variable with invalid values. Starts only the beans that read and check settings, which is
 * fast; {@link StartupIT} starts the whole service with some of these.
 */
@ExtendWith(OutputCaptureExtension.class)
class WrongSettingsTest {

  private static final String WRONG =
      """
      SERVER_PORT                      | many                        | whole number from 0 to 65535
      SERVER_PORT                      | -1                          | whole number from 0 to 65535
      SERVER_PORT                      | 65536                       | whole number from 0 to 65535
      SERVER_ADDRESS                   | nowhere.invalid             | an address of this machine
      SERVER_ADDRESS                   | 192.0.2.1                   | a loopback address such as 127.0.0.1
      SERVER_ADDRESS                   | 0.0.0.0                     | BACKFILL_INSECURE=true
      SERVER_ADDRESS                   | ''                          | an address of this machine
      MANAGEMENT_SERVER_PORT           | many                        | whole number from 0 to 65535
      MANAGEMENT_SERVER_PORT           | 65536                       | whole number from 0 to 65535
      MANAGEMENT_SERVER_ADDRESS        | nowhere.invalid             | an address of this machine
      MANAGEMENT_SERVER_ADDRESS        | 192.0.2.1                   | a loopback address such as 127.0.0.1
      MANAGEMENT_SERVER_ADDRESS        | 0.0.0.0                     | BACKFILL_INSECURE=true
      BACKFILL_INSECURE                | maybe                       | true or false
      BACKFILL_INSECURE                | ''                          | true or false
      BACKFILL_OPEN_HEALTH             | 2                           | true or false
      BACKFILL_OIDC_ISSUER             | issuer.example              | https://
      BACKFILL_OIDC_ROLES_CLAIM        | ' '                         | the name of a claim
      BACKFILL_OIDC_CLIENT_ID          | kintell-console             | no value without BACKFILL_OIDC_ISSUER
      BACKFILL_FAILED_TRIES            | 0                           | from 1 to 10000
      BACKFILL_FAILED_TRIES            | some                        | whole number
      BACKFILL_CORS_ORIGINS            | pages.example               | https://pages.example
      BACKFILL_CORS_ORIGINS            | https://a.example/          | https://pages.example
      BACKFILL_CORS_ORIGINS            | https://a.example,b.example | https://pages.example
      BACKFILL_HOSTS                   | https://a.example           | host names
      BACKFILL_HOSTS                   | a.example:3002              | host names
      BACKFILL_DATABASE_POOL           | 3                           | from 4 to 1000
      BACKFILL_DATABASE_POOL           | 1001                        | from 4 to 1000
      BACKFILL_DATABASE_POOL           | large                       | whole number
      BACKFILL_DATA_DIR                | pom.xml                     | a folder
      BACKFILL_DATA_DIR                | pom.xml/data                | a folder
      BACKFILL_DATA_DIR                | ''                          | a folder
      BACKFILL_STORE                   | bucket                      | folder or s3://bucket/prefix
      BACKFILL_STORE                   | ''                          | folder or s3://bucket/prefix
      BACKFILL_ERRORS_DIR              | ''                          | a folder
      BACKFILL_INBOX_DIR               | ''                          | a folder
      BACKFILL_INBOX_CHARSET           | latin                       | UTF-8, windows-1252, ISO-8859-1 or ISO-8859-15
      BACKFILL_INBOX_CHARSET           | UTF-16                      | UTF-8, windows-1252, ISO-8859-1 or ISO-8859-15
      BACKFILL_INBOX_QUIET             | 1ms                         | from 100ms to 1h
      BACKFILL_INBOX_QUIET             | -3s                         | from 100ms to 1h
      BACKFILL_INBOX_QUIET             | soon                        | from 100ms to 1h
      BACKFILL_INBOX_QUIET             | ''                          | from 100ms to 1h
      BACKFILL_FILE_GROUP              | no-such-group               | a group of this machine
      BACKFILL_CHUNK_ROWS              | 0                           | from 1 to 1000000
      BACKFILL_CHUNK_ROWS              | 1000001                     | from 1 to 1000000
      BACKFILL_CHUNK_ROWS              | many                        | whole number
      BACKFILL_CHUNK_ROWS              | ''                          | whole number
      BACKFILL_FOREIGN_KEYS            | none                        | auto or row
      BACKFILL_FOREIGN_KEYS            | ''                          | auto or row
      BACKFILL_LOADERS                 | 65                          | from 1 to 64
      BACKFILL_LOADERS                 | two                         | whole number from 1 to 64
      BACKFILL_CLUSTER_LOADERS         | 1001                        | from 1 to 1000
      BACKFILL_MAX_CONCURRENT_JOBS     | 0                           | from 1 to 64
      BACKFILL_MAX_CONCURRENT_JOBS     | 1.5                         | whole number
      BACKFILL_MAX_UPLOAD              | huge                        | from 1B to 1024TB
      BACKFILL_MAX_UPLOAD              | 0                           | from 1B to 1024TB
      BACKFILL_MAX_UPLOAD              | -1                          | from 1B to 1024TB
      BACKFILL_MAX_UPLOAD              | ''                          | from 1B to 1024TB
      BACKFILL_MAX_UNPACKED            | 10 apples                   | from 1B to 1024TB
      BACKFILL_MAX_UNPACKED            | 0                           | from 1B to 1024TB
      BACKFILL_MAX_UNPACKED            | -1                          | from 1B to 1024TB
      BACKFILL_MAX_UNPACKED            | ''                          | from 1B to 1024TB
      BACKFILL_USERS_PORT              | 65536                       | whole number from 0 to 65535
      BACKFILL_USERS_PORT              | users                       | whole number from 0 to 65535
      BACKFILL_RETENTION_DAYS          | -1                          | from 0 to 36500
      BACKFILL_RETENTION_DAYS          | 30d                         | whole number
      BACKFILL_INBOX_RETENTION_DAYS          | -1                          | from 0 to 36500
      BACKFILL_INBOX_RETENTION_DAYS          | 30d                         | whole number
      BACKFILL_MAX_UPLOADS             | 0                           | from 1 to 128
      BACKFILL_MAX_UPLOADS             | 129                         | from 1 to 128
      BACKFILL_MAX_WAITING_JOBS        | -1                          | from 1 to 1000000
      BACKFILL_MAX_WAITING_JOBS        | 1000001                     | from 1 to 1000000
      BACKFILL_MAX_WAITING_JOBS        | many                        | whole number
      BACKFILL_MAX_HEADER              | 0                           | from 1KB to 1MB
      BACKFILL_MAX_HEADER              | -1                          | from 1KB to 1MB
      BACKFILL_MAX_HEADER              | 3GB                         | from 1KB to 1MB
      BACKFILL_MAX_HEADER              | long                        | a size such as
      BACKFILL_MAX_HEADER              | ''                          | from 1KB to 1MB
      BACKFILL_MAX_CONNECTIONS         | 0                           | from 1 to 1000000
      BACKFILL_MAX_CONNECTIONS         | -1                          | from 1 to 1000000
      BACKFILL_MAX_CONNECTIONS         | all                         | whole number
      BACKFILL_IDLE_TIMEOUT            | 0s                          | from 1s to 1h
      BACKFILL_IDLE_TIMEOUT            | -1s                         | from 1s to 1h
      BACKFILL_IDLE_TIMEOUT            | long                        | a time such as
      BACKFILL_IDLE_TIMEOUT            | ''                          | from 1s to 1h
      BACKFILL_MAX_DOWNLOADS           | 0                           | from 1 to 128
      BACKFILL_MAX_DOWNLOADS           | 129                         | from 1 to 128
      BACKFILL_MAX_WATCHERS            | 0                           | from 1 to 100000
      BACKFILL_MAX_WATCHERS            | many                        | whole number
      BACKFILL_MAX_WAITING_REQUESTS    | 100001                      | from 1 to 100000
      BACKFILL_MIN_RATE                | 0                           | from 1B to 1MB
      BACKFILL_MIN_RATE                | 2MB                         | from 1B to 1MB
      BACKFILL_REQUEST_TIMEOUT         | 0s                          | from 1s to 1h
      BACKFILL_REQUEST_TIMEOUT         | soon                        | a time from 1s to 1h
      BACKFILL_VERIFY_TIMEOUT          | 25h                         | from 1s to 24h
      BACKFILL_TRUSTED_PROXIES         | proxy.example               | 10.1.0.0/16
      BACKFILL_TRUSTED_PROXIES         | 10.0.0.7,10.1.0.0/33        | 10.1.0.0/16
      BACKFILL_TRUSTED_PROXIES         | fd00::/x                    | 10.1.0.0/16
      BACKFILL_STATISTICS              | Some                        | RoutesOnly
      BACKFILL_LOG_FORMAT              | xml                         | text or ecs
      NATS_URL                         | http://x                    | nats://
      NATS_URL                         | foo                         | nats://
      NATS_URL                         | localhost:4222              | nats://
      NATS_URL                         | none,nats://a               | nats://
      NATS_URL                         | nats://                     | nats://
      NATS_URL                         | nats://host:port            | nats://
      NATS_URL                         | nats://host:0               | nats://
      NATS_URL                         | nats://a:4222,ftp://b       | nats://
      NATS_URL                         | ,                           | nats://
      NATS_CREDENTIALS_FILE            | no/such/file                | a file
      NATS_CREDENTIALS_FILE            | src                         | a file
      BACKFILL_STREAM                  | a.b                         | a name without
      BACKFILL_STREAM                  | a b                         | a name without
      BACKFILL_STREAM                  | a*                          | a name without
      BACKFILL_STREAM                  | a>                          | a name without
      BACKFILL_STREAM                  | a/b                         | a name without
      BACKFILL_STREAM                  | a\\b                        | a name without
      BACKFILL_STREAM                  | ' '                         | a name without
      BACKFILL_STREAM                  | ''                          | a name without
      BACKFILL_STREAM_SHARDS           | 0                           | from 1 to 64
      BACKFILL_STREAM_REPLICAS         | 0                           | from 1 to 5
      BACKFILL_STREAM_REPLICAS         | three                       | whole number
      BACKFILL_STREAM_MAX_BYTES        | -2                          | -1 for no limit
      BACKFILL_STREAM_MAX_BYTES        | 0                           | -1 for no limit
      BACKFILL_STREAM_MAX_BYTES        | 1GB                         | whole number
      BACKFILL_STREAM_MAX_AGE          | -1s                         | 0s for no limit
      BACKFILL_STREAM_MAX_AGE          | 60000ms                       | not shorter than
      BACKFILL_STREAM_MAX_AGE          | old                         | a time such as
      BACKFILL_STREAM_MAX_AGE          | ''                          | 0s for no limit
      BACKFILL_STREAM_MAX_AGE          | 40000d                      | 0s for no limit
      BACKFILL_STREAM_DUPLICATE_WINDOW | 0s                          | from 100ms
      BACKFILL_STREAM_DUPLICATE_WINDOW | -2m                         | from 100ms
      BACKFILL_STREAM_DUPLICATE_WINDOW | two                         | from 100ms
      BACKFILL_STREAM_DUPLICATE_WINDOW | ''                          | from 100ms
      BACKFILL_EVENT_WINDOW            | 0                           | from 1 to 4000
      BACKFILL_EVENT_WINDOW            | 4001                        | from 1 to 4000
      BACKFILL_EVENT_WINDOW            | wide                        | whole number
      BACKFILL_EVENTS_WINDOW           | 0                           | from 1 to 4000
      """;

  /** Other values need a user and password, a key or a running server. */
  private static final Set<String> TESTED_ELSEWHERE =
      Set.of("DATABASE_URL", "BACKFILL_API_KEYS", "BACKFILL_OIDC_AUDIENCE");

  @ParameterizedTest
  @CsvSource(delimiter = '|', textBlock = WRONG)
  void aWrongValueStopsTheStartWithOneLine(
      String variable, String value, String allowed, CapturedOutput output) {
    assertThat(start(Map.of(variable, value))).isFalse();
    assertThat(output.getAll().lines().filter(line -> line.contains("ERROR")))
        .singleElement()
        .asString()
        .contains("Invalid %s '%s': expected ".formatted(variable, value), allowed);
    assertThat(output).doesNotContain("\tat ", "Caused by");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          SERVER_PORT             | 0
          SERVER_ADDRESS          | localhost
          MANAGEMENT_SERVER_PORT  | -1
          MANAGEMENT_SERVER_PORT  | ''
          BACKFILL_TRUSTED_PROXIES | 10.0.0.7,10.1.0.0/16,fd00::/8,::1
          BACKFILL_CORS_ORIGINS   | https://a.example,http://localhost:8080
          BACKFILL_HOSTS          | a.example,127.0.0.1,[::1]
          BACKFILL_MAX_UPLOAD     | 10
          BACKFILL_STATISTICS     | RoutesOnly
          NATS_URL                | nats://me:secret@a:4222, tls://b
          NATS_URL                | nats://[::1]:4222
          NATS_URL                | none
          BACKFILL_STREAM         | my-events_1
          BACKFILL_STREAM_MAX_AGE | 24h
          """)
  void aRightValueDoesNot(String variable, String value) {
    assertThat(start(Map.of(variable, value))).isTrue();
  }

  /** An issuer creates tokens for other applications, too. */
  @Test
  void anIssuerNeedsAnAudience(CapturedOutput output) {
    Map<String, String> issuer =
        Map.of("BACKFILL_OIDC_ISSUER", "https://issuer.example/realms/one");
    assertThat(start(issuer)).isFalse();
    assertThat(output.getAll().lines().filter(line -> line.contains("ERROR")))
        .singleElement()
        .asString()
        .contains("Invalid BACKFILL_OIDC_AUDIENCE '': expected", "BACKFILL_OIDC_ISSUER");
    Map<String, String> both = new HashMap<>(issuer);
    both.put("BACKFILL_OIDC_AUDIENCE", "kintell-connector");
    assertThat(start(both)).isTrue();
    both.put("BACKFILL_OIDC_CLIENT_ID", "kintell-console");
    assertThat(start(both)).isTrue();
  }

  @Test
  void theSecretOfAClientNeedsTheClient(CapturedOutput output) {
    assertThat(start(Map.of("BACKFILL_OIDC_CLIENT_SECRET", "hidden"))).isFalse();
    assertThat(output.getAll().lines().filter(line -> line.contains("ERROR")))
        .singleElement()
        .asString()
        .contains(
            "Invalid BACKFILL_OIDC_CLIENT_SECRET '***': expected no value without"
                + " BACKFILL_OIDC_CLIENT_ID");
    assertThat(output).doesNotContain("hidden");
  }

  @Test
  void passwordsAreNotShown(CapturedOutput output) {
    assertThat(start(Map.of("NATS_URL", "nats://a,http://me:secret@b"))).isFalse();
    assertThat(output).contains("NATS_URL 'nats://a,http://***@b'").doesNotContain("secret");
  }

  /** The service resolves neither placeholders nor expressions in them. */
  @Test
  void secretsAreTakenAsTheyWereSet() throws IOException {
    String odd = "a'${HOME} ${no.such} #{7*7} %41\\${b} \\\"";
    Path file = Files.writeString(Path.of("target", "secret${HOME}"), odd + "\n");
    Map<String, String> variables =
        Map.of("DATABASE_URL", odd, "BACKFILL_API_KEYS_FILE", file.toString());
    try (ConfigurableApplicationContext context = application(variables).run()) {
      assertThat(context.getBean(DatabaseSettings.class).databaseUrl().value()).isEqualTo(odd);
      assertThat(context.getBean(AccessSettings.class).apiKeys().value()).isEqualTo(odd);
      assertThat(context.getBean(AccessSettings.class).toString()).doesNotContain("7*7");
      assertThat(context.getBean(DatabaseSettings.class).toString()).doesNotContain("7*7");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "NATS_URL          | nats://me:pie,ces/of it@a:1",
        "NATS_URL          | nats://me:pie${ces}#{of}%it@a:1",
        "NATS_URL          | nats://me:1,pieces@a:1"
      })
  void noPieceOfASecretIsShown(String variable, String value, CapturedOutput output) {
    assertThat(start(Map.of(variable, value))).isFalse();
    assertThat(output.getAll().lines().filter(line -> line.contains("ERROR")))
        .singleElement()
        .asString()
        .contains("Invalid " + variable + " '", "': expected ");
    assertThat(output).doesNotContain("pie", "ces}", "ces@", "of}", "%it", "of it");
  }

  @Test
  void aVariableThatNobodyReadsIsWarnedOf(CapturedOutput output) {
    assertThat(
            start(
                Map.of(
                    "BACKFILL_CHUNK_ROW", "5",
                    "BACKFILL_API_KEY", "nobody:admin:hash",
                    "BACKFILL_COLOUR_OF_THE_SKY", "blue",
                    "BACKFILL_EVENTS_WINDOW", "5")))
        .isTrue();
    assertThat(output.getAll().lines().filter(line -> line.contains("Unknown variable")))
        .hasSize(3)
        .anyMatch(
            line ->
                line.endsWith(
                    "BACKFILL_CHUNK_ROW has no effect. Did you mean BACKFILL_CHUNK_ROWS?"))
        .anyMatch(
            line ->
                line.endsWith("BACKFILL_API_KEY has no effect. Did you mean BACKFILL_API_KEYS?"))
        .anyMatch(line -> line.endsWith("BACKFILL_COLOUR_OF_THE_SKY has no effect"));
    assertThat(output).doesNotContain("nobody", "blue");
  }

  @Test
  void thereIsAWrongValueForEachVariable() throws IOException {
    Set<String> variables = new TreeSet<>(TESTED_ELSEWHERE);
    WRONG.lines().map(line -> line.replaceFirst("\\W.*", "")).forEach(variables::add);
    String settings = Files.readString(Path.of("src", "main", "resources", "application.yaml"));
    assertThat(variables)
        .containsAll(
            Pattern.compile("\\$\\{([A-Z_]+)")
                .matcher(settings)
                .results()
                .map(variable -> variable.group(1))
                .toList());
  }

  /** Whether the service starts. */
  private static boolean start(Map<String, String> variables) {
    try {
      application(variables).run().close();
      return true;
    } catch (RuntimeException e) {
      // Operators see only the log.
      return false;
    }
  }

  private static SpringApplication application(Map<String, String> variables) {
    SpringApplication application = new SpringApplication(Settings.class);
    application.setWebApplicationType(WebApplicationType.NONE);
    application.setEnvironment(new Variables(variables));
    return application;
  }

  /** All settings from the environment, and their checks, without a database or a network. */
  @Configuration(proxyBeanMethods = false)
  @ConfigurationPropertiesScan(basePackageClasses = KintellConnector.class)
  @ComponentScan(
      basePackageClasses = KintellConnector.class,
      useDefaultFilters = false,
      includeFilters =
          @ComponentScan.Filter(
              type = FilterType.REGEX,
              pattern = ".*\\.(ListenAddress|Workspace|DataFolder|FileModesConfiguration)"))
  @EnableConfigurationProperties({
    ServerProperties.class,
    ManagementServerProperties.class,
    MultipartProperties.class,
    CamelConfigurationProperties.class
  })
  static class Settings {}

  /** An environment with these variables only. */
  private static final class Variables extends StandardEnvironment {
    Variables(Map<String, String> variables) {
      Map<String, Object> set = new HashMap<>(variables);
      set.putIfAbsent("BACKFILL_DATA_DIR", "target/wrong-settings");
      getPropertySources()
          .replace(
              SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME,
              new SystemEnvironmentPropertySource(SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME, set));
    }
  }
}
