package org.kintell.backfill.job;

import java.nio.file.Path;
import java.util.UUID;

/**
 * A file that is to become a job.
 *
 * @param jobId chosen by whoever received it, so that receiving it again makes no second job
 * @param fileName as the sender calls it; never part of a path
 * @param content where it lies now, packed or not
 */
public record Upload(UUID jobId, String fileName, Path content) implements OfJob {

  private static final int LONGEST_NAME = 255;

  public Upload {
    fileName = presentable(fileName);
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
