package org.kintell.backfill.api;

import java.io.IOException;
import java.io.InputStream;
import org.kintell.backfill.config.Version;
import org.springframework.core.io.ClassPathResource;
import org.springframework.stereotype.Component;

/** The command line that the build has put beside the service's classes. */
@Component
public class CommandLineFile {

  private static final ClassPathResource FILE = new ClassPathResource("cli/kintell");

  /** The build that it is of, so that an older one can be noticed. */
  public String version() {
    return Version.read().toString();
  }

  /** The whole file: a launcher, and behind it a jar. */
  public InputStream open() throws IOException {
    return FILE.getInputStream();
  }
}
