package org.kintell.backfill.start;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Locale;
import java.util.UUID;
import org.kintell.backfill.file.SourceFile;
import org.kintell.backfill.job.JobScoped;

/**
 * A file that is to become a job.
 *
 * @param jobId chosen by whoever received it, so that receiving it again makes no second job
 * @param fileName as the sender calls it; never part of a path
 * @param content where it lies now, packed or not
 * @param charset that its sender named, or UTF-8
 * @param key by which its sender recognises this request, or null
 * @param parent whose rejects its rows are, or null
 * @param origin which way it came
 */
public record Upload(
    UUID jobId,
    String fileName,
    Path content,
    Charset charset,
    String key,
    Parent parent,
    Origin origin)
    implements JobScoped {

  /** The ways in which files come in. */
  public enum Origin {
    HTTP,
    INBOX;

    /** As it stands in the database and in JSON. */
    public String stored() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private static final int LONGEST_NAME = 255;

  public Upload {
    fileName = presentable(fileName);
  }

  /**
   * A file in UTF-8, of a sender who will not ask again, which has nothing to do with another job.
   */
  public Upload(UUID jobId, String fileName, Path content, Origin origin) {
    this(jobId, fileName, content, StandardCharsets.UTF_8, null, null, origin);
  }

  /** The file as it was sent. */
  public SourceFile file() {
    return SourceFile.of(content, fileName, charset);
  }

  /** The same file as rejects of another job. */
  public Upload withParent(Parent other) {
    return new Upload(jobId, fileName, content, charset, key, other, origin);
  }

  /** The last part of the name, without what could break a line of a log or a listing. */
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
