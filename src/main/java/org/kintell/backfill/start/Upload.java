package org.kintell.backfill.start;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.ZoneId;
import java.util.Locale;
import java.util.UUID;
import org.kintell.backfill.file.SourceFile;
import org.kintell.backfill.job.JobScoped;

/**
 * A received file that becomes a job.
 *
 * @param jobId chosen by the receiver, so that receiving the file again creates no second job
 * @param fileName the sender's name for it; never part of a path
 * @param content its path, compressed or not
 * @param charset as requested, UTF-8 by default
 * @param zone of dates without an offset; null to reject them
 * @param key the idempotency key, or null
 * @param parent the job whose rejects it contains, or null
 */
public record Upload(
    UUID jobId,
    String fileName,
    Path content,
    Charset charset,
    ZoneId zone,
    String key,
    Parent parent,
    Origin origin)
    implements JobScoped {

  /**
   * The job whose rejects are the rows of this upload.
   *
   * @param exclusive whether no other job may have the same rows: unchanged rows need only one
   *     retry
   * @param corrected whether a person has changed the rows
   */
  public record Parent(UUID jobId, boolean exclusive, boolean corrected) {

    /** Of an error file that was sent again, or of unchanged rows. */
    public Parent(UUID jobId, boolean exclusive) {
      this(jobId, exclusive, !exclusive);
    }
  }

  /** How a file was received. */
  public enum Origin {
    HTTP,
    INBOX;

    /** Its name in the database and in JSON. */
    public String stored() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private static final int LONGEST_NAME = 255;

  public Upload {
    fileName = presentable(fileName);
  }

  /** A file in UTF-8 without idempotency key and parent. */
  public Upload(UUID jobId, String fileName, Path content, Origin origin) {
    this(jobId, fileName, content, StandardCharsets.UTF_8, null, null, null, origin);
  }

  public SourceFile file() {
    return SourceFile.of(content, fileName, charset);
  }

  public Upload withParent(Parent other) {
    return new Upload(jobId, fileName, content, charset, zone, key, other, origin);
  }

  /** The same with a zone, if it has none: rows of a job are dated as that job's. */
  public Upload withZone(ZoneId other) {
    return zone == null
        ? new Upload(jobId, fileName, content, charset, other, key, parent, origin)
        : this;
  }

  /** The last part of the name, without characters that could break a log line or a list. */
  private static String presentable(String name) {
    String last = name.substring(Math.max(name.lastIndexOf('/'), name.lastIndexOf('\\')) + 1);
    StringBuilder clean = new StringBuilder();
    last.codePoints()
        .map(
            c -> Character.isISOControl(c) || Character.getType(c) == Character.SURROGATE ? '_' : c)
        .limit(LONGEST_NAME)
        .forEach(clean::appendCodePoint);
    return clean.isEmpty() ? "upload.csv" : clean.toString();
  }
}
