package org.kintell.backfill.store;

import java.nio.file.FileSystemException;

/** A stored file is not the one that was indexed: somebody has replaced its object. */
public class ChangedObjectException extends FileSystemException {

  private static final long serialVersionUID = 1L;

  /**
   * @param address of the object
   */
  public ChangedObjectException(String address) {
    super(address, null, "is not the object that was indexed, because its ETag differs");
  }
}
