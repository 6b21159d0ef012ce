package org.kintell.backfill.inbox;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.ZoneId;
import java.util.List;
import java.util.UUID;
import org.apache.camel.Exchange;
import org.kintell.backfill.csv.UnusableFileException;
import org.kintell.backfill.csv.UnusableFileException.Reason;
import org.kintell.backfill.file.SourceFile;
import org.kintell.backfill.http.problem.ApiException;
import org.kintell.backfill.job.JobOptions;
import org.kintell.backfill.start.JobParameters;
import org.kintell.backfill.start.Upload;

/**
 * The parameters of an inbox file, from {@code x.csv.json} next to {@code x.csv}, with the names of
 * {@code start}'s parameters.
 *
 * @param charset of the file
 * @param zone of dates without an offset; null to reject them
 */
record FileParameters(Charset charset, ZoneId zone, JobOptions options) {

  private static final String TYPE = ".json";
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Maximum size in bytes, far above any real one. */
  private static final int LONGEST = 64 * 1024;

  private static final List<String> NAMES =
      List.of("charset", "timezone", "onDuplicate", "maxErrors", "maxErrorRate");

  /** The path of a file's parameters. */
  static Path beside(Path file) {
    return file.resolveSibling(file.getFileName() + TYPE);
  }

  /**
   * Reads the parameters of a file.
   *
   * @param charset default charset
   * @throws UnusableFileException if they are invalid
   */
  static FileParameters of(Path file, Charset charset) throws IOException {
    return of(file, file.getFileName().toString(), charset);
  }

  /**
   * The same for a copy.
   *
   * @param name of the file in the inbox
   */
  static FileParameters of(Path file, String name, Charset charset) throws IOException {
    Path json = beside(file);
    if (!Files.isRegularFile(json, LinkOption.NOFOLLOW_LINKS)) {
      return new FileParameters(charset, null, JobOptions.DEFAULT);
    }
    JsonNode given = read(json, name + TYPE);
    try {
      String named = text(given, "charset");
      String zone = text(given, "timezone");
      return new FileParameters(
          named == null
              ? charset
              : SourceFile.charset(named)
                  .orElseThrow(
                      () ->
                          ApiException.invalidParameter(
                              "charset", named, "one of " + SourceFile.CHARSETS)),
          zone == null ? null : JobParameters.zone(zone),
          JobParameters.options(
              text(given, "onDuplicate"), text(given, "maxErrors"), text(given, "maxErrorRate")));
    } catch (ApiException e) {
      throw invalid(name + TYPE, e.getMessage());
    }
  }

  /** The file as an upload; its options become a property of the exchange. */
  Upload upload(UUID jobId, String name, Path content, Exchange exchange) {
    exchange.setProperty("options", options);
    return new Upload(jobId, name, content, charset, zone, null, null, Upload.Origin.INBOX);
  }

  private static JsonNode read(Path json, String name) throws IOException {
    JsonNode given;
    try (InputStream in = Files.newInputStream(json, LinkOption.NOFOLLOW_LINKS)) {
      given = JSON.readTree(in.readNBytes(LONGEST));
    } catch (JsonProcessingException e) {
      throw invalid(name, "It is not JSON.");
    }
    if (!given.isObject()) {
      throw invalid(name, "It is not a JSON object.");
    }
    given
        .fieldNames()
        .forEachRemaining(
            field -> {
              if (!NAMES.contains(field) || !given.get(field).isValueNode()) {
                throw invalid(name, "It may hold: " + String.join(", ", NAMES) + ".");
              }
            });
    return given;
  }

  private static String text(JsonNode given, String name) {
    return given.hasNonNull(name) ? given.get(name).asText() : null;
  }

  private static UnusableFileException invalid(String name, String reason) {
    return new UnusableFileException(
        Reason.PARAMETERS,
        "The parameters in %s cannot be used: %s Correct them, and put both files into the inbox again."
            .formatted(Claim.shown(name), reason));
  }
}
