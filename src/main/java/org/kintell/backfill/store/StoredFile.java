package org.kintell.backfill.store;

import org.kintell.backfill.csv.FileIndex;

/** A file that was stored and indexed. */
public record StoredFile(FileIndex index, Version version) {

  /**
   * Which content was indexed. Each chunk is read with the condition that it is still that one.
   *
   * @param file the ETag of the file's object; null in a folder
   * @param aside the ETag of the object with the rows set aside; null if there are none
   */
  public record Version(String file, String aside) {

    /** Of a file in a folder, which only the service changes. */
    public static final Version NONE = new Version(null, null);
  }
}
