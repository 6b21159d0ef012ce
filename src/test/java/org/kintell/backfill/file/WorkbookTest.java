package org.kintell.backfill.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.kintell.backfill.testsupport.Packed.entry;
import static org.kintell.backfill.testsupport.Packed.zip;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WorkbookTest {

  @TempDir Path folder;

  private Path book;

  @BeforeEach
  void write() throws IOException {
    byte[] archive =
        zip(
            part(
                "xl/workbook.xml",
                "<workbook xmlns:r='urn:r'><sheets><sheet r:id='r1'/></sheets></workbook>"),
            part(
                "xl/_rels/workbook.xml.rels",
                "<Relationships><Relationship Id='r1' Target='sheet.xml'/></Relationships>"),
            part(
                "xl/sheet.xml",
                "<worksheet><sheetData><row><c><v>7</v></c></row></sheetData></worksheet>"));
    book = Files.write(folder.resolve("x.xlsx"), archive);
  }

  @Test
  void aWorkbookDoesNotWaitForAnotherWithoutLimit() throws IOException {
    try (InputStream first = open()) {
      assertThatThrownBy(this::open).isInstanceOf(TooManyWorkbooksException.class);
      assertThat(first.readAllBytes()).asString().isEqualTo("7\n");
    }
    try (InputStream second = open()) {
      assertThat(second.readAllBytes()).asString().isEqualTo("7\n");
    }
  }

  private InputStream open() throws IOException {
    return Workbook.open(new ZipFile(book.toFile()), Duration.ofMillis(100));
  }

  private static Map.Entry<String, byte[]> part(String name, String xml) {
    return entry(name, xml.getBytes(StandardCharsets.US_ASCII));
  }
}
