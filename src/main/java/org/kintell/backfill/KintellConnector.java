package org.kintell.backfill;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;

/** Backfills historical sessions from CSV files into PostgreSQL. */
@SpringBootApplication
@ConfigurationPropertiesScan
public class KintellConnector {

  public static void main(String[] args) {
    SpringApplication application = new SpringApplication(KintellConnector.class);
    application.addListeners(new StopDeadline());
    application.run(args);
  }
}
