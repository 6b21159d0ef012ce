package org.kintell.backfill.console;

import com.google.common.hash.Hasher;
import com.google.common.hash.Hashing;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.io.ClassPathResource;
import org.springframework.core.io.Resource;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;
import org.springframework.http.CacheControl;
import org.springframework.web.servlet.config.annotation.ResourceHandlerRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/**
 * Serves the console's page, its scripts and styles, and the library that draws it.
 *
 * <p>The page names its files below a folder that is called after their content. A browser keeps
 * them without asking again; other files have other addresses. This matters while imports use all
 * of the processor: a page has about thirty files.
 */
@Configuration(proxyBeanMethods = false)
class ConsoleFiles implements WebMvcConfigurer {

  private static final String FILES = "classpath:/console/";
  private static final String LIBRARY = "classpath:/META-INF/resources/webjars/lit-html/3.3.1/";

  private static final CacheControl FOR_GOOD =
      CacheControl.maxAge(Duration.ofDays(365)).cachePublic().immutable();

  /** Enough to distinguish the versions of a file. */
  private static final int DIGITS = 16;

  private final String folder;

  /** A file is hashed once. */
  private final Map<Resource, String> tags = new ConcurrentHashMap<>();

  ConsoleFiles() throws IOException {
    Hasher content = Hashing.sha256().newHasher().putString(LIBRARY, StandardCharsets.UTF_8);
    Resource[] files = new PathMatchingResourcePatternResolver().getResources(FILES + "*.*");
    Arrays.sort(files, Comparator.comparing(Resource::getFilename));
    for (Resource file : files) {
      content.putBytes(file.getContentAsByteArray());
    }
    folder = "console/" + content.hash().toString().substring(0, DIGITS) + "/";
  }

  /** The page, in UTF-8. */
  byte[] page() throws IOException {
    return new ClassPathResource("console/index.html")
        .getContentAsString(StandardCharsets.UTF_8)
        .replace("=\"console/", "=\"" + folder)
        .getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public void addResourceHandlers(ResourceHandlerRegistry files) {
    serve(files, "/" + folder + "lit/**", LIBRARY, FOR_GOOD);
    serve(files, "/" + folder + "**", FILES, FOR_GOOD);
    // Browsers ask each time whether a file has changed.
    serve(files, "/console/lit/**", LIBRARY, CacheControl.noCache());
    serve(files, "/console/**", FILES, CacheControl.noCache());
  }

  /** A file's time says nothing: the same source makes the same jar, with the same times in it. */
  private void serve(ResourceHandlerRegistry files, String path, String place, CacheControl cache) {
    files
        .addResourceHandler(path)
        .addResourceLocations(place)
        .setCacheControl(cache)
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
