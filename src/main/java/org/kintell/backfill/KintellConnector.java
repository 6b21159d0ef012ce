package org.kintell.backfill;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;

/** Backfills historical sessions from CSV files into PostgreSQL. */
@SpringBootApplication
@ConfigurationPropertiesScan
public class KintellConnector {

  public static void main(String[] args) {
    SpringApplication.run(KintellConnector.class, args);
  }
}
