package org.kintell.backfill.file;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.StringReader;
import java.time.Duration;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamException;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CellFormatsTest {

  private static final int MANY = 300_000;

  /** A workbook may come from anybody, and its styles are read before any limit applies. */
  @ParameterizedTest
  @ValueSource(strings = {"[", "[h", "\"", "_", "[hm]"})
  void aLongFormatTakesNoLongTime(String part) {
    Assertions.assertTimeoutPreemptively(
        Duration.ofSeconds(20),
        () -> assertThat(formats(part.repeat(MANY)).text("45306", "0")).isNotEmpty());
  }

  private static CellFormats formats(String code) throws XMLStreamException {
    CellFormats formats = new CellFormats(false);
    formats.read(
        XMLInputFactory.newFactory()
            .createXMLStreamReader(
                new StringReader(
                    "<styleSheet><numFmts><numFmt numFmtId='170' formatCode='%s'/></numFmts>"
                            .formatted(code.replace("\"", "&quot;"))
                        + "<cellXfs><xf numFmtId='170'/></cellXfs></styleSheet>")));
    return formats;
  }
}
