package org.kintell.backfill.http;

import jakarta.servlet.MultipartConfigElement;
import java.io.IOException;
import org.apache.catalina.core.StandardHost;
import org.kintell.backfill.folder.FileModes;
import org.kintell.backfill.folder.Workspace;
import org.kintell.backfill.http.problem.ProblemValve;
import org.kintell.backfill.http.upload.BodyDigestValve;
import org.kintell.backfill.http.upload.MultipartStartValve;
import org.springframework.boot.autoconfigure.web.servlet.MultipartProperties;
import org.springframework.boot.web.embedded.tomcat.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * Makes Tomcat answer with problem documents, and receive uploads on the disk of the stored files.
 */
@Configuration(proxyBeanMethods = false)
class TomcatConfiguration {

  /** Bytes; a thousand parts with short headers need less. */
  private static final long LONGEST_FORM = 1024 * 1024;

  @Bean
  WebServerFactoryCustomizer<TomcatServletWebServerFactory> problemsOfTomcat() {
    return factory ->
        factory.addContextCustomizers(
            context ->
                ((StandardHost) context.getParent())
                    .setErrorReportValveClass(ProblemValve.class.getName()));
  }

  @Bean
  WebServerFactoryCustomizer<TomcatServletWebServerFactory> requestsAsTheyAreSent() {
    return factory ->
        factory.addContextValves(
            new SlashesValve(), new BodyDigestValve(), new MultipartStartValve());
  }

  /**
   * Refuses a request by the length that it names, before any of it is sent: the form around the
   * largest file has room for names, parameters and headers.
   */
  @Bean
  MultipartConfigElement uploadLimits(MultipartProperties properties) {
    MultipartConfigElement limits = properties.createMultipartConfig();
    return new MultipartConfigElement(
        limits.getLocation(),
        limits.getMaxFileSize(),
        limits.getMaxFileSize() + LONGEST_FORM,
        limits.getFileSizeThreshold());
  }

  /** A request that is refused before its body is read need not send it. */
  @Bean
  WebServerFactoryCustomizer<TomcatServletWebServerFactory> bodiesWhenTheyAreRead() {
    return factory ->
        factory.addConnectorCustomizers(
            connector -> connector.setProperty("continueResponseTiming", "onRead"));
  }

  /**
   * So a large upload needs no space on another disk. The folder is private, because Tomcat creates
   * its files with the permissions that the umask leaves.
   */
  @Bean
  WebServerFactoryCustomizer<TomcatServletWebServerFactory> placeForUploads(Workspace workspace)
      throws IOException {
    FileModes.PRIVATE.createFolders(workspace.folder().resolve("work/Tomcat/localhost/ROOT"));
    return factory -> factory.setBaseDirectory(workspace.folder().toFile());
  }
}
