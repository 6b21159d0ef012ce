package org.kintell.backfill.http.upload;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import org.kintell.backfill.folder.Workspace;
import org.springframework.web.multipart.MultipartFile;

/**
 * The file of a request, in the workspace until it is closed.
 *
 * @param name the client's name for it; empty if it has none
 */
public record ReceivedFile(Path path, String name) implements Closeable {

  /** Moves the file of a part. Tomcat received it on the same disk, so nothing is copied. */
  public static ReceivedFile of(MultipartFile part, Workspace workspace) throws IOException {
    String name = part.getOriginalFilename();
    ReceivedFile file = new ReceivedFile(workspace.file(".upload"), name == null ? "" : name);
    try {
      part.transferTo(file.path.toFile());
      return file;
    } catch (IOException | RuntimeException e) {
      file.close();
      throw e;
    }
  }

  @Override
  public void close() {
    Workspace.discard(path);
  }
}
