package org.kintell.backfill;

import java.util.OptionalInt;
import org.kintell.backfill.command.Commands;
import org.kintell.backfill.log.HeapShortage;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.autoconfigure.security.servlet.UserDetailsServiceAutoConfiguration;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;

/** Backfills historical sessions from CSV files into PostgreSQL. */
@SpringBootApplication(exclude = UserDetailsServiceAutoConfiguration.class)
@ConfigurationPropertiesScan
public class KintellConnector {

  public static void main(String[] args) {
    OptionalInt exit = Commands.run(args);
    if (exit.isPresent()) {
      System.exit(exit.getAsInt());
    }
    Thread.setDefaultUncaughtExceptionHandler(HeapShortage::logEnd);
    SpringApplication application = new SpringApplication(KintellConnector.class);
    application.addListeners(new StopDeadline());
    application.run(args);
  }
}
