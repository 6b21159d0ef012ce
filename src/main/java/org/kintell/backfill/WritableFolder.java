package org.kintell.backfill;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A folder that a setting names. */
public final class WritableFolder {

  private WritableFolder() {}

  /**
   * The folder, made where it is missing.
   *
   * @throws WrongSettingException when it cannot be made or written to
   */
  public static Path of(String variable, Path folder) {
    return within(variable, folder, "");
  }

  /**
   * A folder within it, made where it is missing.
   *
   * @throws WrongSettingException when it cannot be made or written to
   */
  public static Path within(String variable, Path folder, String name) {
    try {
      Path made = Files.createDirectories(folder.resolve(name));
      if (Files.isWritable(made)) {
        return made;
      }
    } catch (IOException e) {
      // Said below, whatever the reason.
    }
    throw new WrongSettingException(
        variable, folder.toString(), "a folder that this process can make and write to");
  }
}
