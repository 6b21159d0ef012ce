package org.kintell.backfill.http;

import java.util.Map;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;
import org.springframework.util.StringUtils;

/**
 * Lets a separate management port listen on the service's address unless another one is set. Spring
 * Boot's default is all addresses.
 */
class ManagementAddress implements ApplicationContextInitializer<ConfigurableApplicationContext> {

  private static final String ADDRESS = "management.server.address";

  @Override
  public void initialize(ConfigurableApplicationContext context) {
    ConfigurableEnvironment environment = context.getEnvironment();
    String port = environment.getProperty("management.server.port");
    boolean own = StringUtils.hasText(port) && !port.equals(environment.getProperty("server.port"));
    if (own && !environment.containsProperty(ADDRESS)) {
      environment
          .getPropertySources()
          .addLast(
              new MapPropertySource("managementAddress", Map.of(ADDRESS, "${server.address}")));
    }
  }
}
