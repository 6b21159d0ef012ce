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

/** The parts of a workbook, of which one lists its sheets and another names the others. */
final class WorkbookParts {

  private static final String MAIN = "xl/workbook.xml";

  /** With the library of the JDK, which knows no document types here. */
  private static final XMLInputFactory XML = XMLInputFactory.newDefaultFactory();

  static {
    XML.setProperty(XMLInputFactory.SUPPORT_DTD, false);
    XML.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
  }

  private final ZipFile zip;
  private List<Sheet> sheets = new ArrayList<>();
  private List<Sheet> hiddenSheets = new ArrayList<>();
  private final Map<String, String> targets = new HashMap<>();
  private boolean since1904;

  /** Reads the lists of sheets and parts. */
  WorkbookParts(ZipFile zip) throws IOException, XMLStreamException {
    this.zip = zip;
    read(MAIN, this::readSheets);
    read("xl/_rels/workbook.xml.rels", this::readTargets);
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

  private void readTargets(XMLStreamReader xml) throws XMLStreamException {
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

  /** Reads a part beside the workbook, which may have another name; it may be missing. */
  void readBeside(String name, Part part) throws IOException, XMLStreamException {
    String path =
        targets.values().stream()
            .filter(
                target -> target.toLowerCase(Locale.ROOT).endsWith(name.toLowerCase(Locale.ROOT)))
            .findFirst()
            .orElse("xl/" + name);
    read(path, part);
  }

  private void read(String path, Part part) throws IOException, XMLStreamException {
    if (has(path)) {
      try (InputStream content = open(path)) {
        part.read(reader(content));
      }
    }
  }

  private boolean has(String path) {
    return path != null && zip.getEntry(path) != null;
  }

  InputStream open(String path) throws IOException {
    try {
      return new BoundedXml(zip.getInputStream(zip.getEntry(path)));
    } catch (ZipException e) {
      throw Workbook.unreadable();
    }
  }

  static XMLStreamReader reader(InputStream xml) throws XMLStreamException {
    synchronized (XML) {
      return XML.createXMLStreamReader(xml);
    }
  }
}
