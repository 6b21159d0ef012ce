package org.kintell.backfill.file;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;
import org.kintell.backfill.file.BoundedXml.Budget;

/** The parts of a workbook, of which one lists its sheets and another names the others. */
final class WorkbookParts {

  private static final String MAIN = "xl/workbook.xml";

  /** Of the texts and the chosen sheet together, in bytes. A full sheet has about a gigabyte. */
  private static final long MOST_CONTENT = 4L * 1024 * 1024 * 1024;

  /** Of all lists and of the first rows of all sheets together, in bytes. */
  private static final long MOST_BESIDE = 128L * 1024 * 1024;

  /** More than memory lets a spreadsheet have. */
  private static final int MOST_SHEETS = 10_000;

  private static final int MOST_TARGETS = 2 * MOST_SHEETS;

  /** Longest name, id or target that is kept, in characters. */
  private static final int LONGEST_NAME = 1024;

  /** How deep elements may be in others; the parser keeps those that are open. */
  private static final int DEEPEST = 256;

  /** With the library of the JDK, which knows no document types here. */
  private static final XMLInputFactory XML = XMLInputFactory.newDefaultFactory();

  static {
    XML.setProperty(XMLInputFactory.SUPPORT_DTD, false);
    XML.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
    XML.setProperty("jdk.xml.maxElementDepth", DEEPEST);
  }

  private final ZipFile zip;
  private List<Sheet> sheets = new ArrayList<>();
  private List<Sheet> hiddenSheets = new ArrayList<>();
  private final Map<String, String> targets = new HashMap<>();
  private final Budget content = new Budget(MOST_CONTENT);
  private final Budget beside = new Budget(MOST_BESIDE);
  private boolean since1904;

  /** Reads the lists of sheets and parts. */
  WorkbookParts(ZipFile zip) throws IOException, XMLStreamException {
    this.zip = zip;
    read(MAIN, beside, this::readSheets);
    read("xl/_rels/workbook.xml.rels", beside, this::readTargets);
    sheets = parts(sheets);
    hiddenSheets = parts(hiddenSheets);
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
  record Sheet(String name, String part) {}

  /** A part of the workbook, element by element. */
  interface Part {
    void read(XMLStreamReader xml) throws XMLStreamException, IOException;
  }

  /** The visible sheets that are in the workbook. */
  List<Sheet> visible() {
    return sheets;
  }

  List<Sheet> hidden() {
    return hiddenSheets;
  }

  /** Whether dates count from 1904. */
  boolean since1904() {
    return since1904;
  }

  /** The sheets that are in the workbook, with their parts instead of their ids, each part once. */
  private List<Sheet> parts(List<Sheet> listed) {
    Set<String> seen = new HashSet<>();
    return listed.stream()
        .map(sheet -> new Sheet(sheet.name, targets.get(sheet.part)))
        .filter(sheet -> has(sheet.part) && seen.add(sheet.part))
        .toList();
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
          String name = named == null ? "" : kept(named);
          for (int i = 0; i < xml.getAttributeCount(); i++) {
            if (xml.getAttributeLocalName(i).equals("id")) {
              (hidden ? hiddenSheets : sheets).add(new Sheet(name, kept(xml.getAttributeValue(i))));
              requireAtMost(MOST_SHEETS, sheets.size() + hiddenSheets.size());
            }
          }
        }
      }
    }
  }

  private void readTargets(XMLStreamReader xml) throws XMLStreamException {
    while (xml.hasNext()) {
      if (xml.next() == XMLStreamConstants.START_ELEMENT
          && xml.getLocalName().equals("Relationship")) {
        String target = xml.getAttributeValue(null, "Target");
        String id = xml.getAttributeValue(null, "Id");
        if (id != null && target != null) {
          String path = kept(target);
          targets.put(kept(id), path.startsWith("/") ? path.substring(1) : "xl/" + path);
          requireAtMost(MOST_TARGETS, targets.size());
        }
      }
    }
  }

  private static String kept(String name) {
    requireAtMost(LONGEST_NAME, name.length());
    return name;
  }

  /** A small file can hold any number of elements. */
  static void requireAtMost(int most, int count) {
    if (count > most) {
      throw Workbook.unreadable();
    }
  }

  /** Reads the texts that cells share; they may be missing. */
  void readTexts(Part part) throws IOException, XMLStreamException {
    readBeside("sharedStrings.xml", content, part);
  }

  /** Reads the formats of cells; they may be missing. */
  void readFormats(Part part) throws IOException, XMLStreamException {
    readBeside("styles.xml", beside, part);
  }

  /** Reads a part beside the workbook, which may have another name. */
  private void readBeside(String name, Budget budget, Part part)
      throws IOException, XMLStreamException {
    String path =
        targets.values().stream()
            .filter(
                target -> target.toLowerCase(Locale.ROOT).endsWith(name.toLowerCase(Locale.ROOT)))
            .findFirst()
            .orElse("xl/" + name);
    read(path, budget, part);
  }

  private void read(String path, Budget budget, Part part) throws IOException, XMLStreamException {
    if (has(path)) {
      try (InputStream xml = open(path, budget)) {
        part.read(reader(xml));
      }
    }
  }

  private boolean has(String path) {
    return path != null && zip.getEntry(path) != null;
  }

  /** A sheet, to be read from start to end. */
  InputStream open(Sheet sheet) throws IOException {
    return open(sheet.part, content);
  }

  /** A sheet of which the first rows are read. */
  InputStream openBeginning(Sheet sheet) throws IOException {
    return open(sheet.part, beside);
  }

  private InputStream open(String path, Budget budget) throws IOException {
    try {
      return new BoundedXml(zip.getInputStream(zip.getEntry(path)), budget);
    } catch (ZipException e) {
      throw Workbook.unreadable();
    }
  }

  static XMLStreamReader reader(InputStream xml) throws XMLStreamException {
    synchronized (XML) {
      return new BoundedReader(XML.createXMLStreamReader(xml));
    }
  }
}
