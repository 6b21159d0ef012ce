package org.kintell.backfill;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.SpringBootExceptionReporter;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.validation.BindValidationException;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.web.server.PortInUseException;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.validation.FieldError;
import org.springframework.validation.ObjectError;

/** Says in one line why the service does not start, where a setting is the reason. */
@Order(Ordered.HIGHEST_PRECEDENCE)
class StartFailure implements SpringBootExceptionReporter {

  private static final Logger LOG = LoggerFactory.getLogger(StartFailure.class);

  /** A value of application.yaml that an environment variable stands behind. */
  private static final Pattern VARIABLE = Pattern.compile("\\$\\{([A-Z_]+)(:.*)?}");

  private final ConfigurableApplicationContext context;

  StartFailure(ConfigurableApplicationContext context) {
    this.context = context;
  }

  @Override
  public boolean reportException(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
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
    if (cause instanceof PortInUseException inUse) {
      return new WrongSettingException(
              "SERVER_PORT", Integer.toString(inUse.getPort()), "a free port; this one is in use")
          .getMessage();
    }
    if (cause instanceof BindValidationException invalid) {
      ObjectError error = invalid.getValidationErrors().getAllErrors().get(0);
      FieldError field = (FieldError) error;
      return wrong(
          "backfill." + field.getField(),
          String.valueOf(field.getRejectedValue()),
          error.getDefaultMessage());
    }
    if (cause instanceof BindException bind && bind.getProperty() != null) {
      return wrong(
          bind.getName().toString(),
          String.valueOf(bind.getProperty().getValue()),
          allowed(bind.getTarget().getType().resolve(Object.class)));
    }
    if (cause instanceof InvalidConfigurationPropertyValueException invalid) {
      return wrong(
          invalid.getName(), String.valueOf(invalid.getValue()), allowed(invalid.getReason()));
    }
    if (cause instanceof IllegalArgumentException && isPortOutOfRange(cause.getMessage())) {
      String port = context.getEnvironment().getProperty("server.port");
      return wrong("server.port", String.valueOf(port), "a port from 0 to 65535");
    }
    return null;
  }

  private String wrong(String property, String value, String allowed) {
    Matcher variable = VARIABLE.matcher(value);
    if (variable.matches()) {
      String actual = context.getEnvironment().resolvePlaceholders(value);
      return new WrongSettingException(variable.group(1), actual, allowed).getMessage();
    }
    return new WrongSettingException(variable(property), value, allowed).getMessage();
  }

  private static boolean isPortOutOfRange(String message) {
    String text = String.valueOf(message).toLowerCase(Locale.ROOT);
    return text.contains("port") && text.contains("out of range");
  }

  /** Of a value that has the wrong type, the reason names only the class. */
  private static String allowed(String reason) {
    return reason.endsWith("java.lang.Integer") ? "a whole number" : reason;
  }

  private static String allowed(Class<?> type) {
    return switch (type.getSimpleName()) {
      case "int", "Integer", "long" -> "a whole number";
      case "DataSize" -> "a size such as 500MB or 2GB";
      case "InetAddress" -> "an address of this machine";
      default -> "a " + type.getSimpleName();
    };
  }

  /** {@code backfill.chunkRows} and {@code backfill.chunk-rows} are BACKFILL_CHUNK_ROWS. */
  private static String variable(String property) {
    return property
        .replaceAll("([a-z])([A-Z])", "$1_$2")
        .replace('.', '_')
        .replace('-', '_')
        .toUpperCase(Locale.ROOT);
  }
}
