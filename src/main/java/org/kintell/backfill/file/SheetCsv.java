package org.kintell.backfill.file;

import java.io.Closeable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import javax.xml.stream.XMLStreamException;
import org.kintell.backfill.csv.BlockInputStream;
import org.kintell.backfill.csv.Text;
import org.kintell.backfill.row.WhiteSpace;

/**
 * The rows of a sheet as CSV in UTF-8, each with at least as many fields as the first: a sheet does
 * not keep empty cells.
 */
final class SheetCsv extends BlockInputStream {

  private static final int NUMBERED = 100;

  private final SheetRows rows;
  private final Closeable source;
  private boolean closed;
  private int width;
  private int number;
  private byte[] line = {};
  private int position;

  SheetCsv(SheetRows rows, Closeable source) {
    this.rows = rows;
    this.source = source;
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    int read = 0;
    while (read < length && (position < line.length || nextLine())) {
      int count = Math.min(length - read, line.length - position);
      System.arraycopy(line, position, target, offset + read, count);
      position += count;
      read += count;
    }
    return read == 0 && length > 0 ? -1 : read;
  }

  private boolean nextLine() throws IOException {
    List<String> cells = cells();
    if (cells == null) {
      return false;
    }
    StringBuilder text = new StringBuilder("\n".repeat(emptyRowsAbove()));
    width = width == 0 ? cells.size() : width;
    for (int i = 0; i < Math.max(width, cells.size()); i++) {
      text.append(i == 0 ? "" : ",").append(i < cells.size() ? Text.quoted(cells.get(i), ',') : "");
    }
    line = text.append('\n').toString().getBytes(StandardCharsets.UTF_8);
    position = 0;
    return true;
  }

  /** Keeps the numbers of the first rows, because a refusal names the row of the header. */
  private int emptyRowsAbove() {
    int empty = rows.number() <= NUMBERED ? rows.number() - number - 1 : 0;
    number = rows.number();
    return Math.max(0, empty);
  }

  private List<String> cells() throws IOException {
    try {
      List<String> cells = rows.next();
      while (cells != null && cells.stream().allMatch(WhiteSpace::isBlank)) {
        cells = rows.next();
      }
      return cells;
    } catch (XMLStreamException e) {
      throw Workbook.unreadable();
    }
  }

  @Override
  public void close() throws IOException {
    if (!closed) {
      closed = true;
      source.close();
    }
  }
}
