package org.kintell.backfill.file;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;
import org.kintell.backfill.csv.UnusableFileException;
import org.kintell.backfill.csv.UnusableFileException.Reason;
import org.kintell.backfill.row.Visible;

/**
 * An Excel workbook (.xlsx), as CSV: the first sheet that has the header, a hidden one only if no
 * other has it. Where another visible sheet has the header and rows too, the workbook is refused,
 * because these rows would be lost. It is read from start to end and never kept; what has to be
 * kept, the texts that cells share, is bounded, and so is the number of workbooks that are read at
 * once.
 */
final class Workbook {

  private static final String MAIN = "xl/workbook.xml";

  /** One at a time: each keeps up to {@link SharedTexts#MOST_BYTES}. */
  private static final Semaphore READING = new Semaphore(1, true);

  /** How long a workbook waits for others. */
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /** Longest name of a sheet that is shown, in characters; programs allow 31. */
  private static final int LONGEST_NAME = 40;

  /** With the library of the JDK, which knows no document types here. */
  private static final XMLInputFactory XML = XMLInputFactory.newDefaultFactory();

  static {
    XML.setProperty(XMLInputFactory.SUPPORT_DTD, false);
    XML.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
  }

  private final ZipFile zip;
  private final List<Sheet> sheets = new ArrayList<>();
  private final List<Sheet> hiddenSheets = new ArrayList<>();
  private boolean since1904;

  private Workbook(ZipFile zip) {
    this.zip = zip;
  }

  static boolean isIn(ZipFile zip) {
    return zip.getEntry(MAIN) != null;
  }

  /**
   * A sheet that the workbook lists.
   *
   * @param name for people
   * @param part where its content is, at first by an id
   */
  private record Sheet(String name, String part) {}

  /** A part of the workbook, element by element. */
  interface Part {
    void read(XMLStreamReader xml) throws XMLStreamException, IOException;
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
    read(MAIN, this::readSheets);
    Map<String, String> targets = new HashMap<>();
    read("xl/_rels/workbook.xml.rels", xml -> readTargets(xml, targets));
    SharedTexts texts = new SharedTexts();
    read(inXl(targets, "sharedStrings.xml"), texts::read);
    CellFormats formats = new CellFormats(since1904);
    read(inXl(targets, "styles.xml"), formats::read);
    List<Sheet> visible = parts(sheets, targets);
    List<Sheet> all = new ArrayList<>(visible);
    all.addAll(parts(hiddenSheets, targets));
    Sheet chosen = choose(all, texts, formats);
    for (Sheet other : visible.subList(visible.indexOf(chosen) + 1, visible.size())) {
      try (InputStream xml = open(other.part)) {
        if (new SheetRows(reader(xml), texts, formats).hasHeaderAndRow()) {
          throw severalSheets(chosen, other);
        }
      }
    }
    InputStream xml = open(chosen.part);
    return new SheetCsv(new SheetRows(reader(xml), texts, formats), () -> close(xml));
  }

  /** The sheets that are in the workbook, with their parts instead of their ids. */
  private List<Sheet> parts(List<Sheet> listed, Map<String, String> targets) {
    return listed.stream()
        .map(sheet -> new Sheet(sheet.name, targets.get(sheet.part)))
        .filter(sheet -> has(sheet.part))
        .toList();
  }

  /** The first sheet with the header, else the first that holds something. */
  private Sheet choose(List<Sheet> all, SharedTexts texts, CellFormats formats)
      throws IOException, XMLStreamException {
    Sheet chosen = null;
    for (Sheet sheet : all) {
      try (InputStream xml = open(sheet.part)) {
        SheetRows.Beginning beginning = new SheetRows(reader(xml), texts, formats).beginning();
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
    return '"' + Visible.of(sheet.name, LONGEST_NAME) + '"';
  }

  private void close(InputStream xml) throws IOException {
    READING.release();
    try {
      xml.close();
    } finally {
      zip.close();
    }
  }

  /** The path of a part beside the workbook, which may have another name. */
  private static String inXl(Map<String, String> targets, String name) {
    return targets.values().stream()
        .filter(target -> target.toLowerCase(Locale.ROOT).endsWith(name.toLowerCase(Locale.ROOT)))
        .findFirst()
        .orElse("xl/" + name);
  }

  private void readSheets(XMLStreamReader xml) throws XMLStreamException {
    while (xml.hasNext()) {
      if (xml.next() == XMLStreamConstants.START_ELEMENT) {
        if (xml.getLocalName().equals("workbookPr")) {
          String date1904 = xml.getAttributeValue(null, "date1904");
          since1904 = "1".equals(date1904) || "true".equals(date1904);
        } else if (xml.getLocalName().equals("sheet")) {
          String state = xml.getAttributeValue(null, "state");
          boolean hidden = "hidden".equals(state) || "veryHidden".equals(state);
          String named = xml.getAttributeValue(null, "name");
          String name = named == null ? "" : named;
          for (int i = 0; i < xml.getAttributeCount(); i++) {
            if (xml.getAttributeLocalName(i).equals("id")) {
              (hidden ? hiddenSheets : sheets).add(new Sheet(name, xml.getAttributeValue(i)));
            }
          }
        }
      }
    }
  }

  private static void readTargets(XMLStreamReader xml, Map<String, String> targets)
      throws XMLStreamException {
    while (xml.hasNext()) {
      if (xml.next() == XMLStreamConstants.START_ELEMENT
          && xml.getLocalName().equals("Relationship")) {
        String target = xml.getAttributeValue(null, "Target");
        String id = xml.getAttributeValue(null, "Id");
        if (id != null && target != null) {
          targets.put(id, target.startsWith("/") ? target.substring(1) : "xl/" + target);
        }
      }
    }
  }

  private boolean has(String name) {
    return name != null && zip.getEntry(name) != null;
  }

  private void read(String name, Part part) throws IOException, XMLStreamException {
    if (has(name)) {
      try (InputStream content = open(name)) {
        part.read(reader(content));
      }
    }
  }

  private InputStream open(String name) throws IOException {
    try {
      return new BoundedXml(zip.getInputStream(zip.getEntry(name)));
    } catch (ZipException e) {
      throw unreadable();
    }
  }

  private static XMLStreamReader reader(InputStream xml) throws XMLStreamException {
    synchronized (XML) {
      return XML.createXMLStreamReader(xml);
    }
  }

  static UnusableFileException unreadable() {
    return new UnusableFileException(
        Reason.UNREADABLE_ZIP,
        "The workbook cannot be read: it is damaged, or larger than a workbook can be. Save it anew,"
            + " or save the sheet as \"CSV UTF-8\".");
  }
}
