package org.kintell.backfill.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.kintell.backfill.csv.ChunkPlan;
import org.kintell.backfill.csv.FileIndex;
import org.kintell.backfill.csv.Header;
import org.kintell.backfill.testsupport.SessionFiles;

/** Each tail chunk is one range of the rows set aside, and that range holds its records. */
class AsideRowsTest {

  @TempDir Path folder;

  /** With few rows in a chunk the tail is divided into lanes, whose rows lie scattered. */
  @ParameterizedTest
  @ValueSource(ints = {1, 3, 100, 5000})
  void aRangeHoldsTheRecordsOfItsChunk(int chunkRows) throws IOException {
    StringBuilder content = new StringBuilder(SessionFiles.HEADER);
    for (int row = 0; row < 600; row++) {
      String id = row % 5 == 0 ? "\"S-\n" + row % 30 + "\"" : "S-" + row % 40;
      content.append(SessionFiles.row(id, String.valueOf(row % 6)));
    }
    Path file = Files.writeString(folder.resolve("file"), content);
    FileIndex index =
        FileIndex.of(UUID.randomUUID(), file, chunkRows, chunkRows, folder.resolve("plan"));
    Path aside = folder.resolve("aside");
    try (Stream<ChunkPlan> tails = index.tails()) {
      AsideRows.write(
          file,
          tails.iterator(),
          FileChannel.open(aside, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE));
    }

    byte[] whole = Files.readAllBytes(file);
    byte[] rows = Files.readAllBytes(aside);
    List<ChunkPlan> chunks;
    try (Stream<ChunkPlan> tails = index.tails()) {
      chunks = tails.toList();
    }
    long end = index.header().raw().length;
    assertThat(chunks).isNotEmpty();
    for (ChunkPlan chunk : chunks) {
      assertThat(chunk.startOffset()).isGreaterThanOrEqualTo(end);
      end = chunk.endOffset();
      byte[] range = Arrays.copyOfRange(rows, (int) chunk.startOffset(), (int) end);
      List<byte[]> records = AsideRows.read(new ByteArrayInputStream(range), chunk);
      assertThat(records).hasSize(chunk.rowCount());
      for (int i = 0; i < records.size(); i++) {
        int from = (int) chunk.asideOffsets()[i];
        assertThat(records.get(i))
            .isEqualTo(Arrays.copyOfRange(whole, from, from + chunk.asideLengths()[i]));
      }
    }
    assertThat(end).as("nothing is left over").isEqualTo(rows.length);
  }

  /** So that a person's rows are found in it as in any other file. */
  @Test
  void theyAreAFileWithTheSameHeader() throws IOException {
    Path file =
        Files.write(
            folder.resolve("file"),
            (SessionFiles.HEADER + SessionFiles.row("A", "1").repeat(3))
                .getBytes(StandardCharsets.UTF_8));
    FileIndex index = FileIndex.of(UUID.randomUUID(), file, 5, 5, folder.resolve("plan"));
    Path aside = folder.resolve("aside");
    try (Stream<ChunkPlan> tails = index.tails()) {
      AsideRows.write(
          file,
          tails.iterator(),
          FileChannel.open(aside, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE));
    }

    assertThat(Header.read(aside).header().raw()).isEqualTo(index.header().raw());
    assertThat(Files.readString(aside))
        .isEqualTo(SessionFiles.HEADER + SessionFiles.row("A", "1").repeat(2));
  }
}
