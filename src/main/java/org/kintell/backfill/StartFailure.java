package org.kintell.backfill;

import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.SpringBootExceptionReporter;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.validation.BindValidationException;
import org.springframework.boot.web.server.PortInUseException;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.validation.FieldError;
import org.springframework.validation.ObjectError;

/** Says in one line why the service does not start, where a setting is the reason. */
@Order(Ordered.HIGHEST_PRECEDENCE)
class StartFailure implements SpringBootExceptionReporter {

  private static final Logger LOG = LoggerFactory.getLogger(StartFailure.class);

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

  private static String line(Throwable cause) {
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
    return null;
  }

  private static String wrong(String property, String value, String allowed) {
    return new WrongSettingException(variable(property), value, allowed).getMessage();
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
