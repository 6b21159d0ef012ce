package org.kintell.backfill.console;

import com.google.common.hash.Hashing;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.io.Resource;
import org.springframework.http.CacheControl;
import org.springframework.web.servlet.config.annotation.ResourceHandlerRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/** Serves the console's scripts and styles, and the library that draws its pages. */
@Configuration(proxyBeanMethods = false)
class ConsoleFiles implements WebMvcConfigurer {

  private static final String LIBRARY = "classpath:/META-INF/resources/webjars/lit-html/3.3.1/";

  /** A file is hashed once. */
  private final Map<Resource, String> tags = new ConcurrentHashMap<>();

  @Override
  public void addResourceHandlers(ResourceHandlerRegistry files) {
    serve(files, "/console/lit/**", LIBRARY);
    serve(files, "/console/**", "classpath:/console/");
  }

  /**
   * Browsers ask each time whether a file has changed. Its time says nothing: the same source makes
   * the same jar, with the same times in it.
   */
  private void serve(ResourceHandlerRegistry files, String path, String folder) {
    files
        .addResourceHandler(path)
        .addResourceLocations(folder)
        .setCacheControl(CacheControl.noCache())
        .setUseLastModified(false)
        .setEtagGenerator(file -> tags.computeIfAbsent(file, ConsoleFiles::tag));
  }

  /** A weak tag, because a file may be sent compressed. */
  private static String tag(Resource file) {
    try {
      return "W/\"" + Hashing.sha256().hashBytes(file.getContentAsByteArray()) + "\"";
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
