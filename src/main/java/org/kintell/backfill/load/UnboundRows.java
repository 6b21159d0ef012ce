package org.kintell.backfill.load;

import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.kintell.backfill.csv.SourceRecord;
import org.kintell.backfill.row.UserMatch;

/** The rows of a chunk in file order, each parsed when it is needed. */
public final class UnboundRows implements Iterator<UnboundRow> {

  private final List<SourceRecord> records;
  private final Iterator<List<String>> parsed;
  private final List<UserMatch> participants;
  private final List<UserMatch> volunteers;
  private int next;

  /**
   * @param parsed the cells of the readable records
   * @param participants the match of each record's address
   * @param volunteers likewise
   */
  public UnboundRows(
      List<SourceRecord> records,
      Iterator<List<String>> parsed,
      List<UserMatch> participants,
      List<UserMatch> volunteers) {
    this.records = records;
    this.parsed = parsed;
    this.participants = participants;
    this.volunteers = volunteers;
  }

  /**
   * @throws IllegalStateException when the CSV parser and the index found different records
   */
  @Override
  public boolean hasNext() {
    if (next < records.size()) {
      return true;
    }
    if (parsed.hasNext()) {
      throw new IllegalStateException("the CSV parser found more records than the index");
    }
    return false;
  }

  @Override
  public UnboundRow next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    int index = next++;
    SourceRecord record = records.get(index);
    if (record.fault() != null) {
      return new UnboundRow(record.row(), List.of(), null, null, record.fault());
    }
    if (!parsed.hasNext()) {
      throw new IllegalStateException("the CSV parser found fewer records than the index");
    }
    return new UnboundRow(
        record.row(), parsed.next(), participants.get(index), volunteers.get(index), null);
  }
}
