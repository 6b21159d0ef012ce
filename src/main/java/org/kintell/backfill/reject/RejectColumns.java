package org.kintell.backfill.reject;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.kintell.backfill.csv.ErrorColumns;
import org.kintell.backfill.csv.Header;
import org.kintell.backfill.row.Column;

/**
 * The columns of a job's file as clients name them: by the name in the header, in lower case, or by
 * their number, as in {@code #12}, if they have no unique name. Excludes the columns of an error
 * file.
 */
final class RejectColumns {

  private final Header header;
  private final List<String> names = new ArrayList<>();
  private final List<Integer> fields = new ArrayList<>();

  RejectColumns(Header header) {
    this.header = header;
    List<Integer> added = new ErrorColumns(header).positions();
    for (int field = 0; field < header.most(); field++) {
      if (!added.contains(field)) {
        String name = header.names().get(field);
        boolean unique = !name.isEmpty() && Collections.frequency(header.names(), name) == 1;
        names.add(unique ? name : "#" + (field + 1));
        fields.add(field);
      }
    }
  }

  List<String> names() {
    return Collections.unmodifiableList(names);
  }

  /** The field of a column within a record, from 0; -1 for an unknown name. */
  int field(String name) {
    int place = names.indexOf(name);
    return place < 0 ? -1 : fields.get(place);
  }

  int field(Column column) {
    return header.position(column);
  }

  char delimiter() {
    return header.delimiter();
  }

  /** A record without the appended fields of an error file. */
  byte[] withoutAdded(byte[] raw) {
    return new ErrorColumns(header).isEmpty()
        ? raw
        : new ErrorFile(header, ErrorFile.Form.EXACT).original(raw);
  }
}
