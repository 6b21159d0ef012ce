package org.kintell.backfill.csv;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.primitives.Bytes;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.LongStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVRecord;
import org.kintell.backfill.config.BackfillSettings;
import org.kintell.backfill.csv.SourceRecord.Key;
import org.kintell.backfill.file.SourceFile;
import org.kintell.backfill.folder.DataFolder;
import org.kintell.backfill.folder.FileModes;
import org.kintell.backfill.folder.Workspace;
import org.kintell.backfill.store.ChunkReader;
import org.kintell.backfill.store.FileIndexer;
import org.kintell.backfill.store.FileStore;
import org.kintell.backfill.store.FolderStore;
import org.kintell.backfill.store.StoredFile;
import org.springframework.util.FileSystemUtils;
import org.springframework.util.unit.DataSize;

/** However a file is cut into chunks, they hold its records, each once, and repeats come last. */
class ChunkPlanPropertyTest {

  private static final String HEADER =
      "session_id,session_type,participant_email,volunteer_email,date,duration_min,rating,"
          + "feedback_text,language_level";
  private static final int SMALL_CHUNK = 7;

  private static Path folder;
  private static DataFolder data;
  private static Workspace workspace;

  @BeforeContainer
  static void makeFolder() throws IOException {
    folder = Files.createTempDirectory("chunk-plan");
    data = new DataFolder(folder, FileModes.PRIVATE);
    workspace = new Workspace(data);
  }

  @AfterContainer
  static void removeFolder() throws IOException {
    workspace.destroy();
    FileSystemUtils.deleteRecursively(folder);
  }

  @Property(tries = 400)
  void chunksHoldTheRecordsOfTheFileEachOnce(
      @ForAll("files") String file, @ForAll @IntRange(min = 1, max = SMALL_CHUNK) int chunkRows)
      throws IOException {
    List<List<SourceRecord>> chunks = chunksOf(file, chunkRows);
    List<SourceRecord> records = new ArrayList<>();
    chunks.forEach(records::addAll);
    records.sort(Comparator.comparingLong(SourceRecord::row));

    byte[] bytes = file.getBytes(StandardCharsets.UTF_8);
    RecordScanner expected = new RecordScanner(new ByteArrayInputStream(bytes), ',', 0);
    expected.next();
    for (SourceRecord record : records) {
      assertThat(expected.next()).isTrue();
      assertThat(record.offset()).isEqualTo(expected.offset());
      assertThat(record.raw()).isEqualTo(expected.copy(0, (int) expected.length()));
    }
    assertThat(expected.next()).isFalse();
    assertThat(records.stream().mapToLong(SourceRecord::row))
        .containsExactlyElementsOf(LongStream.rangeClosed(1, records.size()).boxed().toList());
  }

  @Example
  void theFirstChunksOfALargeFileAreSmall() throws IOException {
    String row = ",,,,,,," + "x".repeat(420) + ",\n";

    assertThat(rowsOfChunks(row, 20_000, 5000))
        .containsExactly(500, 1000, 2000, 4000, 5000, 5000, 2500);
    assertThat(rowsOfChunks(row, 20_000, 600)).startsWith(500, 600, 600);
    assertThat(rowsOfChunks(row, 20_000, 70)).startsWith(70, 70);
    assertThat(rowsOfChunks(row, 12_000, 5000)).containsExactly(5000, 5000, 2000);
  }

  @Example
  void chunksOfAFileOfThousandsOfThemGrow() throws IOException {
    List<Integer> rows = rowsOfChunks(",x,,,,,,,\n", 20_000, 5, 18);

    assertThat(rows.subList(0, 1000)).containsOnly(5);
    assertThat(rows.subList(1000, 2000)).containsOnly(10);
    assertThat(rows.subList(2000, rows.size() - 1)).hasSizeGreaterThan(200).containsOnly(18);
    assertThat(rows.stream().mapToInt(Integer::intValue).sum()).isEqualTo(20_000);
  }

  private static List<Integer> rowsOfChunks(String row, int rows, int chunkRows)
      throws IOException {
    return rowsOfChunks(row, rows, chunkRows, chunkRows);
  }

  private static List<Integer> rowsOfChunks(String row, int rows, int chunkRows, int mostRows)
      throws IOException {
    Path plan = folder.resolve("plan");
    Path file = upload(HEADER + "\n" + row.repeat(rows));
    FileIndex index = FileIndex.of(UUID.randomUUID(), file, chunkRows, mostRows, plan);
    return plans(index).stream().map(ChunkPlan::rowCount).toList();
  }

  @Property(tries = 400)
  void aRepeatedIdIsSetAside(
      @ForAll("files") String file, @ForAll @IntRange(min = 1, max = SMALL_CHUNK) int chunkRows)
      throws IOException {
    Path upload = upload(file);
    FileStore store = store(chunkRows);
    UUID jobId = UUID.randomUUID();
    FileIndex index = store.store(jobId, sent(upload), false).index();
    Set<String> inMain = new HashSet<>();
    Map<String, Integer> laneOfId = new HashMap<>();
    long[] lastAside = new long[16];
    for (ChunkPlan plan : plans(index)) {
      for (CSVRecord row : rows(read(store, jobId, index, plan))) {
        boolean counts = row.size() == index.header().width() && !row.get(0).isBlank();
        if (!plan.tail() && counts) {
          assertThat(inMain.add(row.get(0).strip())).as("%s is the first", row.get(0)).isTrue();
        }
        if (plan.tail()) {
          assertThat(laneOfId.merge(row.get(0).strip(), plan.lane(), Math::max))
              .as("the lane of %s", row.get(0))
              .isEqualTo(plan.lane());
        }
      }
      assertThat(plan.rowCount()).isBetween(0, chunkRows);
      for (long row : plan.tail() ? plan.asideRows() : new long[0]) {
        assertThat(row).isGreaterThan(lastAside[plan.lane()]);
        lastAside[plan.lane()] = row;
      }
    }
  }

  /** The index alone decides where a record ends; the parser must see the same fields. */
  @Property(tries = 400)
  void aCsvParserFindsTheSameFields(@ForAll("files") String file) throws IOException {
    for (List<SourceRecord> chunk : chunksOf(file, SMALL_CHUNK)) {
      List<SourceRecord> readable =
          chunk.stream().filter(record -> record.fault() == null).toList();
      List<CSVRecord> rows = rows(chunk);
      assertThat(rows).hasSameSizeAs(readable);
      for (int i = 0; i < rows.size(); i++) {
        assertThat(rows.get(i).stream().map(String::strip).toList())
            .isEqualTo(fields(readable.get(i)));
        assertKeys(readable.get(i), rows.get(i));
      }
    }
  }

  private static void assertKeys(SourceRecord record, CSVRecord row) {
    boolean whole = row.size() == HEADER.split(",").length;
    assertThat(record.text(Key.SESSION_ID)).isEqualTo(whole ? row.get(0).strip() : "");
    assertThat(record.text(Key.PARTICIPANT_EMAIL)).isEqualTo(whole ? row.get(2).strip() : "");
    assertThat(record.text(Key.VOLUNTEER_EMAIL)).isEqualTo(whole ? row.get(3).strip() : "");
  }

  /** Only documented exceptions are thrown, and no row is lost or read twice. */
  @Property(tries = 1000)
  void anyBytesAreRefusedOrBecomeRowsEachInOneChunk(
      @ForAll("anyBytes") byte[] bytes, @ForAll @IntRange(min = 1, max = SMALL_CHUNK) int chunkRows)
      throws IOException {
    FileStore store = store(chunkRows);
    UUID jobId = UUID.randomUUID();
    List<Long> rows = new ArrayList<>();
    FileIndex index;
    try {
      index = store.store(jobId, sent(Files.write(folder.resolve("upload"), bytes)), false).index();
    } catch (UnusableFileException refused) {
      assertThat(refused).hasMessageMatching("(?s).{10,}");
      assertThat(store.exists(jobId)).isFalse();
      return;
    }
    for (ChunkPlan plan : plans(index)) {
      List<SourceRecord> records = read(store, jobId, index, plan);
      records.forEach(record -> rows.add(record.row()));
      assertThat(rows(records))
          .hasSize((int) records.stream().filter(record -> record.fault() == null).count());
    }
    assertThat(rows)
        .containsExactlyInAnyOrderElementsOf(
            LongStream.rangeClosed(1, index.rows()).boxed().toList());
    Files.delete(index.plan());
    store.discard(jobId);
  }

  @Provide
  Arbitrary<byte[]> anyBytes() {
    Arbitrary<byte[]> noise = Arbitraries.bytes().array(byte[].class).ofMaxSize(300);
    Arbitrary<byte[]> soup =
        Arbitraries.of(
                ",", ";", "\t", "\"", "\"\"", "\n", "\r", "\r\n", "\0", "S-1", "é", "\uD800", " ")
            .list()
            .ofMaxSize(60)
            .map(parts -> String.join("", parts).getBytes(StandardCharsets.UTF_8));
    Arbitrary<String> start =
        Arbitraries.of("", HEADER + "\n", "\u00EF\u00BB\u00BF" + HEADER + "\r\n", "\037\213\b");
    return Combinators.combine(start, Arbitraries.oneOf(noise, soup), noise)
        .as(
            (head, middle, end) ->
                Bytes.concat(head.getBytes(StandardCharsets.ISO_8859_1), middle, end));
  }

  private static List<String> fields(SourceRecord record) throws IOException {
    RecordScanner scanner =
        new RecordScanner(new ByteArrayInputStream(record.raw()), ',', record.offset());
    scanner.next();
    List<String> fields = new ArrayList<>();
    for (int i = 0; i < scanner.fields(); i++) {
      fields.add(Text.of(scanner.copy(scanner.fieldStart(i), scanner.fieldEnd(i))));
    }
    return fields;
  }

  private static List<CSVRecord> rows(List<SourceRecord> chunk) throws IOException {
    CSVFormat format = CSVFormat.DEFAULT.builder().setIgnoreEmptyLines(false).get();
    return format
        .parse(new InputStreamReader(new RecordStream(chunk), StandardCharsets.UTF_8))
        .getRecords();
  }

  private static List<List<SourceRecord>> chunksOf(String file, int chunkRows) throws IOException {
    FileStore store = store(chunkRows);
    UUID jobId = UUID.randomUUID();
    FileIndex index = store.store(jobId, sent(upload(file)), false).index();
    List<List<SourceRecord>> chunks = new ArrayList<>();
    for (ChunkPlan plan : plans(index)) {
      chunks.add(read(store, jobId, index, plan));
    }
    return chunks;
  }

  private static SourceFile sent(Path upload) {
    return SourceFile.of(upload, "upload.csv", StandardCharsets.UTF_8);
  }

  private static Path upload(String file) throws IOException {
    return Files.writeString(folder.resolve("upload"), file);
  }

  private static List<SourceRecord> read(
      FileStore store, UUID jobId, FileIndex index, ChunkPlan plan) throws IOException {
    return new ChunkReader(store).read(jobId, index.header(), plan, StoredFile.Version.NONE);
  }

  private static FileStore store(int chunkRows) throws IOException {
    return new FolderStore(new FileIndexer(settings(chunkRows), data, workspace), data);
  }

  private static BackfillSettings settings(int chunkRows) {
    DataSize enough = DataSize.ofMegabytes(1);
    return new BackfillSettings(
        4,
        folder,
        BackfillSettings.FOLDER,
        folder,
        Duration.ZERO,
        "UTF-8",
        folder,
        chunkRows,
        "auto",
        1,
        16,
        1,
        enough,
        enough,
        0,
        1,
        0,
        "");
  }

  /** The plan, read as the database does. */
  private static List<ChunkPlan> plans(FileIndex index) throws IOException {
    return Files.readAllLines(index.plan()).stream()
        .map(line -> line.split("\t"))
        .map(
            column ->
                new ChunkPlan(
                    Integer.parseInt(column[1]),
                    column[2].equals("t"),
                    Long.parseLong(column[3]),
                    Integer.parseInt(column[4]),
                    Integer.parseInt(column[5]),
                    Long.parseLong(column[6]),
                    Long.parseLong(column[7]),
                    longs(column[8]),
                    longs(column[9]),
                    Arrays.stream(longs(column[10])).mapToInt(Math::toIntExact).toArray(),
                    Integer.parseInt(column[11])))
        .toList();
  }

  private static long[] longs(String array) {
    return Arrays.stream(array.replaceAll("[{} ]", "").split(","))
        .filter(item -> !item.isEmpty())
        .mapToLong(Long::parseLong)
        .toArray();
  }

  @Provide
  Arbitrary<String> files() {
    Arbitrary<String> id =
        Arbitraries.of("S1", "S2", " S1", "\"S2\"", "S3", "\"S\n3\"", "é", "\"é\"", "S\r4", "");
    Arbitrary<String> rest =
        Arbitraries.frequency(
            Tuple.of(6, ",Mentorship,a@b,c@d,2024-01-15T10:00:00Z,60,,,"),
            Tuple.of(1, ",x,,,,,,\"a,\"\"b\"\"\r\nc\","),
            Tuple.of(1, ",x,,,\r,\0,a\"b,\"\","),
            Tuple.of(1, ",\"never closed"),
            Tuple.of(1, ",\"closed\" badly,x"),
            Tuple.of(1, ",too,few"));
    Arbitrary<String> lineEnd = Arbitraries.of("\n", "\r\n", "\n\n", "\n \n");
    Arbitrary<String> row = Combinators.combine(id, rest, lineEnd).as((a, b, c) -> a + b + c);
    return row.list().ofMaxSize(40).map(rows -> HEADER + "\n" + String.join("", rows));
  }
}
