package org.kintell.backfill.erasure;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Predicate;
import org.kintell.backfill.config.BackfillSettings;
import org.kintell.backfill.erasure.ErasureReport.Found;
import org.kintell.backfill.folder.DataFolder;
import org.kintell.backfill.reject.ErrorFile;
import org.kintell.backfill.reject.ErrorFolder;
import org.kintell.backfill.store.OnBucket;
import org.springframework.context.annotation.Conditional;
import org.springframework.stereotype.Component;

/** The service's own files in the data folder and the folder of error files. */
@Component
@Conditional(OnBucket.Not.class)
class FolderFiles implements OwnFiles {

  private final Path uploads;
  private final Path errors;
  private final ErrorFolder errorFolder;

  FolderFiles(BackfillSettings settings, ErrorFolder errorFolder) {
    uploads = settings.dataDir().resolve(DataFolder.UPLOADS);
    errors = settings.errorsDir();
    this.errorFolder = errorFolder;
  }

  @Override
  public Hits uploads(PersonRows person, Predicate<UUID> known, List<String> notCovered) {
    PersonFiles files = new PersonFiles(person, notCovered);
    files.searchOwn(uploads, file -> jobId(file, "").filter(known).isPresent());
    return hits(files, "");
  }

  @Override
  public Hits errorFiles(PersonRows person, Predicate<UUID> known, List<String> notCovered) {
    PersonFiles files = new PersonFiles(person, notCovered);
    files.searchOwn(
        errors,
        file -> jobId(file, ErrorFile.NAME).filter(known).isPresent() && errorFolder.isOwn(file));
    return hits(files, ErrorFile.NAME);
  }

  @Override
  public Hits inboxResults(PersonRows person, List<String> notCovered) {
    return NONE;
  }

  @Override
  public List<String> inboxFiles(PersonRows person, List<String> notCovered) {
    return List.of();
  }

  private static Optional<UUID> jobId(Path file, String before) {
    return OwnFiles.jobId(file.getFileName().toString(), before, CSV);
  }

  private static Hits hits(PersonFiles files, String before) {
    return new Hits() {
      @Override
      public List<UUID> jobs() {
        return files.files().stream().flatMap(file -> jobId(file, before).stream()).toList();
      }

      @Override
      public Found found() {
        return files.found();
      }

      @Override
      public void erase() throws IOException {
        files.erase();
      }
    };
  }
}
