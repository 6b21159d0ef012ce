package org.kintell.backfill;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.Collection;
import java.util.Set;
import org.apache.camel.CamelContext;
import org.apache.camel.spi.Resource;
import org.apache.camel.spring.boot.CamelSpringBootRoutesCollector;
import org.apache.camel.support.PluginHelper;
import org.kintell.backfill.store.OnBucket;
import org.springframework.context.ApplicationContext;
import org.springframework.stereotype.Component;

/**
 * Finds the routes' files by the index of their jar. Camel itself would read the whole jar, which
 * takes a tenth of the service's start.
 */
@Component
class RouteFiles extends CamelSpringBootRoutesCollector {

  /** Those of an object store, whose component and client take time to load. */
  private static final Set<String> OF_BUCKET =
      Set.of("10-store.camel.yaml", "11-bucket-inbox.camel.yaml");

  private final ApplicationContext application;

  RouteFiles(ApplicationContext application) {
    super(application, false);
    this.application = application;
  }

  /** The files of a pattern in one folder of the class path, by their names. */
  @Override
  public Collection<Resource> findRouteResourcesFromDirectory(
      CamelContext camel, String excludePattern, String includePattern) {
    boolean inBucket = OnBucket.isSet(application.getEnvironment());
    String folder = includePattern.substring(0, includePattern.lastIndexOf('/') + 1);
    try {
      return Arrays.stream(application.getResources(includePattern))
          .filter(found -> inBucket || !OF_BUCKET.contains(found.getFilename()))
          .map(found -> folder + found.getFilename())
          .sorted()
          .map(PluginHelper.getResourceLoader(camel)::resolveResource)
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
