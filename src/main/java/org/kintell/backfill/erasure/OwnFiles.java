package org.kintell.backfill.erasure;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Predicate;
import org.kintell.backfill.erasure.ErasureReport.Found;

/** The files that the service has written: stored uploads and error files. */
interface OwnFiles {

  /** The end of their names. */
  String CSV = ".csv";

  /** Those that hold rows of a person. */
  interface Hits {

    /** Their jobs. */
    List<UUID> jobs();

    Found found();

    void erase() throws IOException;
  }

  /**
   * Searches the stored uploads.
   *
   * @param known whether a job is in this database, because others may share the place
   * @param notCovered gets a sentence for each file that holds the address and cannot be rewritten,
   *     and for each that cannot be read
   */
  Hits uploads(PersonRows person, Predicate<UUID> known, List<String> notCovered)
      throws IOException;

  /** The same for error files. */
  Hits errorFiles(PersonRows person, Predicate<UUID> known, List<String> notCovered)
      throws IOException;

  /** Searches done and failed files of an inbox that is not a folder. */
  Hits inboxResults(PersonRows person, List<String> notCovered) throws IOException;

  /** The names of files in such an inbox that hold rows of a person and are not imported yet. */
  List<String> inboxFiles(PersonRows person, List<String> notCovered) throws IOException;

  /** Nothing. */
  Hits NONE =
      new Hits() {
        @Override
        public List<UUID> jobs() {
          return List.of();
        }

        @Override
        public Found found() {
          return Found.NOTHING;
        }

        @Override
        public void erase() {
          // There is nothing.
        }
      };

  /** The job whose id is in a file name, between these. */
  static Optional<UUID> jobId(String name, String before, String after) {
    if (!name.startsWith(before) || !name.endsWith(after)) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          UUID.fromString(name.substring(before.length(), name.length() - after.length())));
    } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
      return Optional.empty();
    }
  }
}
