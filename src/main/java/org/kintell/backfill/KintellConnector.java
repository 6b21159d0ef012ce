package org.kintell.backfill;

import org.kintell.backfill.access.NewKey;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.autoconfigure.security.servlet.UserDetailsServiceAutoConfiguration;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;

/** Backfills historical sessions from CSV files into PostgreSQL. */
@SpringBootApplication(exclude = UserDetailsServiceAutoConfiguration.class)
@ConfigurationPropertiesScan
public class KintellConnector {

  public static void main(String[] args) {
    if (args.length > 0 && args[0].equals(NewKey.COMMAND)) {
      System.exit(NewKey.run(args));
    }
    SpringApplication application = new SpringApplication(KintellConnector.class);
    application.addListeners(new StopDeadline());
    application.run(args);
  }
}
