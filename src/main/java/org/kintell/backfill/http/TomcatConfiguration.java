package org.kintell.backfill.http;

import java.io.IOException;
import org.apache.catalina.core.StandardHost;
import org.kintell.backfill.folder.FileModes;
import org.kintell.backfill.folder.Workspace;
import org.kintell.backfill.http.problem.ProblemValve;
import org.kintell.backfill.http.upload.BodyDigestValve;
import org.springframework.boot.web.embedded.tomcat.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Lets Tomcat answer with problem documents too, and receive uploads where they will stay. */
@Configuration(proxyBeanMethods = false)
class TomcatConfiguration {

  @Bean
  WebServerFactoryCustomizer<TomcatServletWebServerFactory> problemsOfTomcat() {
    return factory ->
        factory.addContextCustomizers(
            context ->
                ((StandardHost) context.getParent())
                    .setErrorReportValveClass(ProblemValve.class.getName()));
  }

  @Bean
  WebServerFactoryCustomizer<TomcatServletWebServerFactory> digestsOfBodies() {
    return factory -> factory.addContextValves(new BodyDigestValve());
  }

  /**
   * On the disk of the stored uploads, so that a large one need not fit elsewhere as well. Tomcat
   * makes its files with the rights that the umask leaves, so they get a private folder.
   */
  @Bean
  WebServerFactoryCustomizer<TomcatServletWebServerFactory> placeForUploads(Workspace workspace)
      throws IOException {
    FileModes.PRIVATE.createFolders(workspace.folder().resolve("work/Tomcat/localhost/ROOT"));
    return factory -> factory.setBaseDirectory(workspace.folder().toFile());
  }
}
