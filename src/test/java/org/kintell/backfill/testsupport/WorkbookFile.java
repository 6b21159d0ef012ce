package org.kintell.backfill.testsupport;

import static org.kintell.backfill.testsupport.Packed.entry;

import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVRecord;

/**
 * Workbooks of one sheet as spreadsheets save them: a text that looks like a number is one, other
 * texts are shared, empty cells are left out.
 */
public final class WorkbookFile {

  private static final Pattern NUMBER = Pattern.compile("-?\\d{1,15}([.]\\d{1,9})?");

  private WorkbookFile() {}

  /** A CSV file with commas as a spreadsheet saves it that has opened it. */
  public static byte[] ofCsv(String csv) {
    StringBuilder rows = new StringBuilder();
    List<String> shared = new ArrayList<>();
    try {
      String text = csv.startsWith("\ufeff") ? csv.substring(1) : csv;
      for (CSVRecord record : CSVFormat.DEFAULT.parse(new StringReader(text))) {
        rows.append("<row r='%d'>".formatted(record.getRecordNumber()));
        for (int column = 0; column < record.size(); column++) {
          rows.append(cell(record, column, shared));
        }
        rows.append("</row>");
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    StringBuilder texts = new StringBuilder();
    shared.forEach(text -> texts.append("<si><t>").append(escaped(text)).append("</t></si>"));
    return Packed.zip(
        part("[Content_Types].xml", "<Types/>"),
        part(
            "xl/workbook.xml",
            "<workbook xmlns:r='urn:r'><sheets><sheet name='Sheet1' r:id='r1'/></sheets></workbook>"),
        part(
            "xl/_rels/workbook.xml.rels",
            "<Relationships><Relationship Id='r1' Target='worksheets/sheet1.xml'/></Relationships>"),
        part("xl/sharedStrings.xml", "<sst>" + texts + "</sst>"),
        part(
            "xl/worksheets/sheet1.xml",
            "<worksheet><sheetData>" + rows + "</sheetData></worksheet>"));
  }

  private static String cell(CSVRecord record, int column, List<String> shared) {
    String text = record.get(column);
    if (text.isEmpty()) {
      return "";
    }
    String place = column(column) + record.getRecordNumber();
    if (NUMBER.matcher(text).matches()) {
      return "<c r='%s'><v>%s</v></c>".formatted(place, text);
    }
    shared.add(text);
    return "<c r='%s' t='s'><v>%d</v></c>".formatted(place, shared.size() - 1);
  }

  /** Its letter; there are no more than letters. */
  private static String column(int column) {
    return String.valueOf((char) ('A' + column));
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace("\r", "_x000D_");
  }

  private static Map.Entry<String, byte[]> part(String name, String xml) {
    return entry(name, xml.getBytes(StandardCharsets.UTF_8));
  }
}
