package org.kintell.backfill.inbox;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import org.kintell.backfill.folder.FileModes;
import org.kintell.backfill.job.Job;
import org.kintell.backfill.reject.Rejects;

/**
 * What becomes of a file of the inbox, in a folder or in a bucket: it is done, with its rejects
 * beside it, or failed, with the reason beside it.
 *
 * @param type of what lies beside it, in place of the file's own; null if nothing does
 * @param beside opens that; null if nothing does
 */
record InboxOutcome(boolean done, String type, Content beside) {

  /** Failed, without a reason beside it. */
  static final InboxOutcome UNEXPLAINED = new InboxOutcome(false, null, null);

  /** Opens what lies beside a file. */
  interface Content {
    InputStream open() throws IOException;
  }

  /** That of a job; empty while it is not over. */
  static Optional<InboxOutcome> of(Job job, Rejects rejects) {
    return switch (job.status()) {
      case COMPLETED ->
          Optional.of(
              job.failedRows() == 0
                  ? new InboxOutcome(true, null, null)
                  : new InboxOutcome(true, ArchiveFolder.ERRORS, () -> rejects.errorFile(job)));
      case FAILED, CANCELLED, ROLLED_BACK -> {
        String message = job.message() == null ? "" : job.message();
        yield Optional.of(
            failed("Job %s is %s. %s".formatted(job.id(), job.status().stored(), message)));
      }
      default -> Optional.empty();
    };
  }

  static InboxOutcome failed(String reason) {
    byte[] text = (reason.strip() + "\n").getBytes(StandardCharsets.UTF_8);
    return new InboxOutcome(false, ArchiveFolder.REASON, () -> new ByteArrayInputStream(text));
  }

  /** Writes what lies beside the file into a new one. */
  void write(Path target, FileModes modes) throws IOException {
    try (InputStream content = beside.open();
        OutputStream out = Channels.newOutputStream(modes.create(target))) {
      content.transferTo(out);
    }
  }
}
