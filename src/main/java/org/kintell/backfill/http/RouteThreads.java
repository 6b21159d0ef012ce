package org.kintell.backfill.http;

import org.apache.camel.component.platform.http.spi.PlatformHttpEngine;
import org.apache.camel.component.platform.http.springboot.SpringBootPlatformHttpEngine;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;

/** Runs the routes of the HTTP API in the threads of their requests. */
@Configuration(proxyBeanMethods = false)
class RouteThreads {

  /**
   * Camel's default hands each request to another thread, which answers while the first one still
   * runs the filters. Tomcat's requests and responses are not thread-safe: some answers had headers
   * twice, or broke off.
   */
  @Bean("platform-http-engine")
  PlatformHttpEngine routesInTheThreadOfTheRequest(Environment environment) {
    int port = environment.getRequiredProperty("server.port", int.class);
    return new SpringBootPlatformHttpEngine(port, Runnable::run);
  }
}
