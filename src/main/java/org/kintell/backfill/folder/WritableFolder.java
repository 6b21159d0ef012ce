package org.kintell.backfill.folder;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.kintell.backfill.config.WrongSettingException;

/** A folder from the settings. */
public final class WritableFolder {

  private WritableFolder() {}

  /**
   * The folder, created with these permissions if missing.
   *
   * @throws WrongSettingException when it cannot be made or written to
   */
  public static Path of(String variable, Path folder, FileModes modes) {
    return within(variable, folder, "", modes);
  }

  /**
   * A folder within it, created if missing.
   *
   * @throws WrongSettingException when it cannot be made or written to
   */
  public static Path within(String variable, Path folder, String name, FileModes modes) {
    String expected = "a folder that this process can create and write to";
    try {
      Path made = modes.createFolders(folder.resolve(name));
      if (Files.isWritable(made)) {
        return made;
      }
    } catch (IOException e) {
      throw new WrongSettingException(variable, folder.toString(), expected, e);
    }
    throw new WrongSettingException(variable, folder.toString(), expected);
  }
}
