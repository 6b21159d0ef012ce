package org.kintell.backfill.http;

import org.apache.camel.component.platform.http.spi.PlatformHttpEngine;
import org.apache.camel.component.platform.http.springboot.SpringBootPlatformHttpEngine;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;

/** In which threads the routes of the HTTP API run. */
@Configuration(proxyBeanMethods = false)
class RouteThreads {

  /**
   * In the request's own. Camel would hand each request to another thread, which then answers while
   * this one is still on its way out through the filters: neither a request nor a response of
   * Tomcat takes two threads, so that some answers had headers twice, or broke off.
   */
  @Bean("platform-http-engine")
  PlatformHttpEngine routesInTheThreadOfTheRequest(Environment environment) {
    int port = environment.getRequiredProperty("server.port", int.class);
    return new SpringBootPlatformHttpEngine(port, Runnable::run);
  }
}
