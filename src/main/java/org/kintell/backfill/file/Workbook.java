package org.kintell.backfill.file;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.zip.ZipFile;
import javax.xml.stream.XMLStreamException;
import org.kintell.backfill.csv.UnusableFileException;
import org.kintell.backfill.csv.UnusableFileException.Reason;
import org.kintell.backfill.file.WorkbookParts.Sheet;
import org.kintell.backfill.row.Visible;

/**
 * An Excel workbook (.xlsx), as CSV: the first sheet that has the header, a hidden one only if no
 * other has it. Where another visible sheet holds sessions too, or rows that are meant to be some,
 * the workbook is refused, because they would be lost. It is read from start to end and never kept;
 * what has to be kept, the texts that cells share, is bounded, and so is the number of workbooks
 * that are read at once.
 */
final class Workbook {

  /** One at a time: each keeps up to {@link SharedTexts#MOST_BYTES}. */
  private static final Semaphore READING = new Semaphore(1, true);

  /** How long a workbook waits for others. */
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /** Longest name of a sheet that is shown, in characters; programs allow 31. */
  private static final int LONGEST_NAME = 40;

  private final ZipFile zip;
  private final WorkbookParts parts;
  private final SharedTexts texts = new SharedTexts();
  private final CellFormats formats;
  private final Map<String, SheetBeginning> beginnings = new HashMap<>();

  private Workbook(ZipFile zip) throws IOException, XMLStreamException {
    this.zip = zip;
    this.parts = new WorkbookParts(zip);
    this.formats = new CellFormats(parts.since1904());
  }

  /**
   * Opens a workbook.
   *
   * @param zip closed with the stream
   * @throws UnusableFileException when it cannot be read
   * @throws TooManyWorkbooksException when others take too long
   */
  static InputStream open(ZipFile zip) throws IOException {
    return open(zip, PATIENCE);
  }

  static InputStream open(ZipFile zip, Duration patience) throws IOException {
    await(patience);
    boolean opened = false;
    try {
      InputStream csv = new Workbook(zip).open();
      opened = true;
      return csv;
    } catch (XMLStreamException e) {
      throw unreadable();
    } finally {
      // Also after an Error: a permit that is lost refuses every workbook from then on.
      if (!opened) {
        READING.release();
      }
    }
  }

  private static void await(Duration patience) throws InterruptedIOException {
    try {
      if (!READING.tryAcquire(patience.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new TooManyWorkbooksException();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("stopped while another workbook was read");
    }
  }

  private InputStream open() throws IOException, XMLStreamException {
    parts.readTexts(texts::read);
    parts.readFormats(formats::read);
    Sheet chosen = choose();
    for (Sheet other : parts.visible()) {
      if (!other.equals(chosen) && beginning(other).holdsSessions()) {
        throw severalSheets(chosen, other);
      }
    }
    InputStream xml = parts.open(chosen);
    return new SheetCsv(rows(xml), () -> close(xml));
  }

  private SheetRows rows(InputStream xml) throws XMLStreamException {
    return new SheetRows(WorkbookParts.reader(xml), texts, formats);
  }

  /**
   * The first sheet with the header, else the first that holds something, of which the refusal
   * speaks. A visible sheet that is not quite right comes before a hidden one, which may be stale.
   */
  private Sheet choose() throws IOException, XMLStreamException {
    Sheet chosen = first(parts.visible(), SheetBeginning::hasHeader);
    chosen = chosen == null ? first(parts.visible(), SheetBeginning::holdsSessions) : chosen;
    chosen = chosen == null ? first(parts.hidden(), SheetBeginning::hasHeader) : chosen;
    chosen = chosen == null ? first(parts.visible(), SheetBeginning::isFilled) : chosen;
    chosen = chosen == null ? first(parts.hidden(), SheetBeginning::isFilled) : chosen;
    if (chosen == null) {
      throw new UnusableFileException(
          Reason.EMPTY, "The workbook is empty. Send a sheet whose first row names the columns.");
    }
    return chosen;
  }

  private Sheet first(List<Sheet> sheets, Predicate<SheetBeginning> condition)
      throws IOException, XMLStreamException {
    for (Sheet sheet : sheets) {
      if (condition.test(beginning(sheet))) {
        return sheet;
      }
    }
    return null;
  }

  /** Reads it once: a small file can list one large part many times. */
  private SheetBeginning beginning(Sheet sheet) throws IOException, XMLStreamException {
    SheetBeginning known = beginnings.get(sheet.part());
    if (known == null) {
      try (InputStream xml = parts.openBeginning(sheet)) {
        known = SheetBeginning.of(rows(xml));
      }
      beginnings.put(sheet.part(), known);
    }
    return known;
  }

  private UnusableFileException severalSheets(Sheet chosen, Sheet other)
      throws IOException, XMLStreamException {
    boolean inOrder = parts.visible().indexOf(chosen) < parts.visible().indexOf(other);
    Sheet one = inOrder ? chosen : other;
    Sheet two = inOrder ? other : chosen;
    return new UnusableFileException(
        Reason.SEVERAL_SHEETS,
        ("The sheets %s and %s both hold sessions, and of a workbook one sheet is imported.%s%s Put"
                + " all rows on one sheet, or save each sheet as a file of its own and send them one"
                + " after the other. Delete or hide a sheet that is not to be imported.")
            .formatted(
                shown(one),
                shown(two),
                beginning(one).observation(shown(one)),
                beginning(two).observation(shown(two))));
  }

  private static String shown(Sheet sheet) {
    return '"' + Visible.of(sheet.name(), LONGEST_NAME) + '"';
  }

  private void close(InputStream xml) throws IOException {
    READING.release();
    try {
      xml.close();
    } finally {
      zip.close();
    }
  }

  static UnusableFileException unreadable() {
    return new UnusableFileException(
        Reason.UNREADABLE_ZIP,
        "The workbook cannot be read: it is damaged, or larger than a workbook can be. Save it anew,"
            + " or save the sheet as \"CSV UTF-8\".");
  }
}
