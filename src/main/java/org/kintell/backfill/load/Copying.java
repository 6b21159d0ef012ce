package org.kintell.backfill.load;

import java.sql.SQLException;

/** Something that is sent with COPY on the connection of a transaction. */
interface Copying {
  void copy(ChunkCopy copy) throws SQLException;
}
