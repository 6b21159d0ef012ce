package org.kintell.backfill.folder;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.GroupPrincipal;
import java.util.UUID;
import org.kintell.backfill.config.WrongSettingException;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;

/** Makes the service's files readable for its own user, or also for the group in the settings. */
@Configuration(proxyBeanMethods = false)
class FileModesConfiguration {

  static final String VARIABLE = "BACKFILL_FILE_GROUP";

  @Bean
  FileModes fileModes(Environment environment) {
    String group = environment.getRequiredProperty("backfill.file-group");
    return group.isEmpty() ? FileModes.PRIVATE : readableBy(group);
  }

  /** Checked at start, not when a client waits for the first file. */
  private static FileModes readableBy(String name) {
    try {
      GroupPrincipal group =
          FileSystems.getDefault().getUserPrincipalLookupService().lookupPrincipalByGroupName(name);
      Path probe =
          FileModes.PRIVATE.createFolders(
              Path.of(System.getProperty("java.io.tmpdir"), "group-" + UUID.randomUUID()));
      try {
        FileModes modes = FileModes.readableBy(group);
        modes.apply(probe, true);
        return modes;
      } finally {
        Files.delete(probe);
      }
    } catch (IOException e) {
      throw new WrongSettingException(
          VARIABLE, name, "a group of this machine that this process's user belongs to", e);
    }
  }
}
