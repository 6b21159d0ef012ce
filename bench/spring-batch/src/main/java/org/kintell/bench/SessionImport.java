package org.kintell.bench;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.cache.annotation.EnableCaching;

/** Imports a file of sessions once and ends. */
@SpringBootApplication
@EnableCaching
public class SessionImport {

  public static void main(String[] args) {
    System.exit(SpringApplication.exit(SpringApplication.run(SessionImport.class, args)));
  }
}
