package org.kintell.backfill.file;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.zip.ZipFile;
import javax.xml.stream.XMLStreamException;
import org.kintell.backfill.csv.UnusableFileException;
import org.kintell.backfill.csv.UnusableFileException.Reason;
import org.kintell.backfill.file.WorkbookParts.Sheet;
import org.kintell.backfill.row.Visible;

/**
 * An Excel workbook (.xlsx), as CSV: the first sheet that has the header, a hidden one only if no
 * other has it. Where another visible sheet has the header and rows too, the workbook is refused,
 * because these rows would be lost. It is read from start to end and never kept; what has to be
 * kept, the texts that cells share, is bounded, and so is the number of workbooks that are read at
 * once.
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

  private Workbook(ZipFile zip) throws IOException, XMLStreamException {
    this.zip = zip;
    this.parts = new WorkbookParts(zip);
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
    try {
      return new Workbook(zip).open();
    } catch (XMLStreamException e) {
      READING.release();
      throw unreadable();
    } catch (IOException | RuntimeException e) {
      READING.release();
      throw e;
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
    SharedTexts texts = new SharedTexts();
    parts.readBeside("sharedStrings.xml", texts::read);
    CellFormats formats = new CellFormats(parts.since1904());
    parts.readBeside("styles.xml", formats::read);
    List<Sheet> visible = parts.visible();
    List<Sheet> all = new ArrayList<>(visible);
    all.addAll(parts.hidden());
    Sheet chosen = choose(all, texts, formats);
    for (Sheet other : visible.subList(visible.indexOf(chosen) + 1, visible.size())) {
      try (InputStream xml = parts.open(other.part())) {
        if (new SheetRows(WorkbookParts.reader(xml), texts, formats).hasHeaderAndRow()) {
          throw severalSheets(chosen, other);
        }
      }
    }
    InputStream xml = parts.open(chosen.part());
    return new SheetCsv(new SheetRows(WorkbookParts.reader(xml), texts, formats), () -> close(xml));
  }

  /** The first sheet with the header, else the first that holds something. */
  private Sheet choose(List<Sheet> all, SharedTexts texts, CellFormats formats)
      throws IOException, XMLStreamException {
    Sheet chosen = null;
    for (Sheet sheet : all) {
      try (InputStream xml = parts.open(sheet.part())) {
        SheetRows.Beginning beginning =
            new SheetRows(WorkbookParts.reader(xml), texts, formats).beginning();
        if (beginning == SheetRows.Beginning.HEADER) {
          return sheet;
        }
        chosen = chosen == null && beginning == SheetRows.Beginning.OTHER ? sheet : chosen;
      }
    }
    if (chosen == null) {
      throw new UnusableFileException(
          Reason.EMPTY, "The workbook is empty. Send a sheet whose first row names the columns.");
    }
    return chosen;
  }

  private static UnusableFileException severalSheets(Sheet one, Sheet other) {
    return new UnusableFileException(
        Reason.SEVERAL_SHEETS,
        ("The sheets %s and %s both hold sessions, and of a workbook one sheet is imported. Put all"
                + " rows on one sheet, or save each sheet as a file of its own and send them one"
                + " after the other. Delete or hide a sheet that is not to be imported.")
            .formatted(shown(one), shown(other)));
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
