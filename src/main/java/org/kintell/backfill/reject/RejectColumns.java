package org.kintell.backfill.reject;

import com.google.common.collect.ImmutableMultiset;
import com.google.common.collect.Multiset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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
  private final ErrorFile errorFile;
  private final boolean isErrorFile;
  private final List<String> names = new ArrayList<>();

  /** The field of each column, from 0. */
  private final Map<String, Integer> fields = new HashMap<>();

  RejectColumns(Header header) {
    this.header = header;
    errorFile = new ErrorFile(header, ErrorFile.Form.EXACT);
    ErrorColumns added = new ErrorColumns(header);
    isErrorFile = !added.isEmpty();
    Multiset<String> inHeader = ImmutableMultiset.copyOf(header.names());
    for (int field = 0; field < header.most(); field++) {
      if (!added.contains(field)) {
        String name = header.names().get(field);
        boolean unique = !name.isEmpty() && inHeader.count(name) == 1;
        String shown = unique ? name : "#" + (field + 1);
        names.add(shown);
        fields.putIfAbsent(shown, field);
      }
    }
  }

  List<String> names() {
    return Collections.unmodifiableList(names);
  }

  /** The field of a column within a record, from 0; -1 for an unknown name. */
  int field(String name) {
    return fields.getOrDefault(name, -1);
  }

  int field(Column column) {
    return header.position(column);
  }

  char delimiter() {
    return header.delimiter();
  }

  /** A record without the appended fields of an error file. */
  byte[] withoutAdded(byte[] raw) {
    return isErrorFile ? errorFile.original(raw) : raw;
  }
}
