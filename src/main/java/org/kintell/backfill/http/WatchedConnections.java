package org.kintell.backfill.http;

import org.apache.catalina.connector.Connector;
import org.kintell.backfill.config.HeapShare;
import org.kintell.backfill.config.LimitSettings;
import org.springframework.boot.actuate.autoconfigure.web.ManagementContextConfiguration;
import org.springframework.boot.actuate.autoconfigure.web.ManagementContextType;
import org.springframework.boot.web.embedded.tomcat.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.core.env.Environment;

/** Installs {@link SlowConnections}, also on a separate management port. */
@ManagementContextConfiguration(value = ManagementContextType.CHILD, proxyBeanMethods = false)
public class WatchedConnections
    implements WebServerFactoryCustomizer<TomcatServletWebServerFactory> {

  private final LimitSettings limits;
  private final int threads;

  WatchedConnections(LimitSettings limits, Environment environment) {
    this.limits = limits;
    this.threads = environment.getRequiredProperty("server.tomcat.threads.max", int.class);
  }

  @Override
  public void customize(TomcatServletWebServerFactory factory) {
    factory.setProtocol(WatchedProtocol.class.getName());
    factory.addConnectorCustomizers(
        connector -> watch(connector, threads, limits.maxConnections()));
  }

  /**
   * Sets up a connector before it starts.
   *
   * @param connector of the {@link WatchedProtocol}
   * @param threads the connector's threads
   * @param mostConnections the limit, which is lower where the heap is too small for it
   */
  public void watch(Connector connector, int threads, int mostConnections) {
    WatchedProtocol protocol = (WatchedProtocol) connector.getProtocolHandler();
    protocol.watchWith(new SlowConnections(limits.minRate().toBytes(), threads / 2));
    protocol.setMaxConnections(HeapShare.limit(mostConnections, LimitSettings.HEAP_PER_CONNECTION));
  }
}
