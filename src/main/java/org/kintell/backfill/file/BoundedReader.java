package org.kintell.backfill.file;

import java.util.HashSet;
import java.util.Set;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;
import javax.xml.stream.util.StreamReaderDelegate;

/** XML with no more different names than workbooks have: the parser keeps each of them. */
final class BoundedReader extends StreamReaderDelegate {

  private static final int MOST_NAMES = 1000;

  private final Set<String> names = new HashSet<>();

  BoundedReader(XMLStreamReader xml) {
    super(xml);
  }

  @Override
  public int next() throws XMLStreamException {
    int event = super.next();
    if (event == XMLStreamConstants.START_ELEMENT) {
      names.add(getLocalName());
      for (int i = 0; i < getAttributeCount(); i++) {
        names.add(getAttributeLocalName(i));
      }
      for (int i = 0; i < getNamespaceCount(); i++) {
        names.add(getNamespacePrefix(i));
        names.add(getNamespaceURI(i));
      }
    } else if (event == XMLStreamConstants.PROCESSING_INSTRUCTION) {
      names.add(getPITarget());
    }
    if (names.size() > MOST_NAMES) {
      throw Workbook.unreadable();
    }
    return event;
  }
}
