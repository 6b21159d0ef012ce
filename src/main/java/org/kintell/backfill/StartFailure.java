package org.kintell.backfill;

import com.google.common.base.Throwables;
import com.google.common.collect.Lists;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.flywaydb.core.api.FlywayException;
import org.kintell.backfill.config.Between;
import org.kintell.backfill.config.Secret;
import org.kintell.backfill.config.Setting;
import org.kintell.backfill.config.WrongSettingException;
import org.kintell.backfill.database.DatabaseSettings;
import org.kintell.backfill.database.DatabaseUrl;
import org.kintell.backfill.database.StartCancelledException;
import org.kintell.backfill.database.UnusableDatabaseException;
import org.kintell.backfill.log.HeapShortage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.SpringBootExceptionReporter;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.DataObjectPropertyName;
import org.springframework.boot.context.properties.bind.validation.BindValidationException;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.web.server.PortInUseException;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.core.env.Environment;
import org.springframework.validation.FieldError;

/** Reports in one line why the service does not start, if a setting is the reason. */
@Order(Ordered.HIGHEST_PRECEDENCE)
class StartFailure implements SpringBootExceptionReporter {

  private static final Logger LOG = LoggerFactory.getLogger(StartFailure.class);

  private final Environment environment;

  StartFailure(ConfigurableApplicationContext context) {
    this.environment = context.getEnvironment();
  }

  @Override
  public boolean reportException(Throwable failure) {
    if (Throwables.getRootCause(failure) instanceof StartCancelledException cancelled) {
      LOG.info(cancelled.getMessage());
      return true;
    }
    if (HeapShortage.isReasonFor(failure)) {
      HeapShortage.log(failure);
      return true;
    }
    // The innermost cause has the most detail.
    for (Throwable cause : Lists.reverse(Throwables.getCausalChain(failure))) {
      String line = line(cause);
      if (line != null) {
        LOG.error(line);
        return true;
      }
    }
    return false;
  }

  private String line(Throwable cause) {
    if (cause instanceof WrongSettingException wrong) {
      return wrong.getMessage();
    }
    if (cause instanceof UnusableDatabaseException unusable) {
      return unusable.getMessage();
    }
    if (cause instanceof FlywayException) {
      String reason = Throwables.getRootCause(cause).getMessage();
      return new WrongSettingException(
              "DATABASE_URL",
              database(),
              "a database in which this user may make and change the service's tables ("
                  + reason.lines().findFirst().orElse("")
                  + ")")
          .getMessage();
    }
    if (cause instanceof PortInUseException inUse) {
      return inUse(inUse.getPort());
    }
    if (cause instanceof BindValidationException invalid) {
      FieldError field = (FieldError) invalid.getValidationErrors().getAllErrors().get(0);
      String prefix = invalid.getValidationErrors().getName().toString();
      return wrong(prefix + "." + property(field.getField()), field.getDefaultMessage());
    }
    if (cause instanceof BindException bind && bind.getProperty() != null) {
      return wrong(bind.getName().toString(), expected(bind.getTarget()));
    }
    if (cause instanceof InvalidConfigurationPropertyValueException invalid) {
      return wrong(invalid.getName(), expected(invalid.getReason()));
    }
    return null;
  }

  private String database() {
    Secret url = environment.getProperty(DatabaseSettings.URL, Secret.class, Secret.NONE);
    return DatabaseUrl.withoutPassword(url.value());
  }

  private String wrong(String property, String expected) {
    Setting setting = Setting.of(environment, property);
    return new WrongSettingException(
            setting.variable(),
            setting.value(),
            property.endsWith(".port") ? WrongSettingException.PORT : expected)
        .getMessage();
  }

  private String inUse(int port) {
    Setting management = Setting.of(environment, "management.server.port");
    String variable =
        management.value().equals(Integer.toString(port)) ? management.variable() : "SERVER_PORT";
    return new WrongSettingException(
            variable, Integer.toString(port), "a free port; this one is in use")
        .getMessage();
  }

  /** {@code chunkRows} is {@code chunk-rows}; of a list, one entry is wrong. */
  private static String property(String field) {
    return DataObjectPropertyName.toDashedForm(field.replaceAll("\\[.*", ""));
  }

  /** Of a value that has the wrong type, the reason names only the class. */
  private static String expected(String reason) {
    return reason.endsWith("java.lang.Integer") ? "a whole number" : reason;
  }

  /** The setting's range, if any. */
  private static String expected(Bindable<?> setting) {
    Between range = setting.getAnnotation(Between.class);
    return range == null
        ? expected(setting.getType().resolve(Object.class))
        : Between.Check.describe(range);
  }

  private static String expected(Class<?> type) {
    if (type.isEnum()) {
      return Arrays.stream(type.getEnumConstants())
          .map(Object::toString)
          .collect(Collectors.joining(", ", "one of ", ""));
    }
    return switch (type.getSimpleName()) {
      case "int", "Integer", "long" -> "a whole number";
      case "boolean", "Boolean" -> "true or false";
      case "Duration" -> "a time such as 500ms, 30s, 2m or 24h";
      case "DataSize" -> "a size such as 500MB or 2GB";
      case "InetAddress" -> "an address of this machine";
      default -> "a " + type.getSimpleName();
    };
  }
}
