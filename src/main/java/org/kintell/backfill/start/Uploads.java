package org.kintell.backfill.start;

import jakarta.activation.DataHandler;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneId;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.camel.Exchange;
import org.apache.camel.Header;
import org.apache.camel.attachment.AttachmentMessage;
import org.apache.camel.attachment.CamelFileDataSource;
import org.apache.camel.support.SynchronizationAdapter;
import org.kintell.backfill.file.SourceFile;
import org.kintell.backfill.http.problem.ApiException;
import org.kintell.backfill.http.problem.ProblemType;
import org.kintell.backfill.http.upload.UploadDigests;
import org.kintell.backfill.http.upload.WholeUploads;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import org.springframework.web.multipart.MultipartFile;
import org.springframework.web.multipart.MultipartHttpServletRequest;

/** Takes the file part out of a multipart request. */
@Component
public class Uploads {

  private static final Logger LOG = LoggerFactory.getLogger(Uploads.class);

  /** Visible ASCII characters. */
  private static final Pattern KEY = Pattern.compile("[\\x21-\\x7e]{1,255}");

  private static final Pattern PART_CHARSET =
      Pattern.compile(";\\s*charset\\s*=\\s*[\"']?([^\\s;\"']+)", Pattern.CASE_INSENSITIVE);

  private final UploadDigests digests;

  Uploads(UploadDigests digests) {
    this.digests = digests;
  }

  /**
   * Deletes the copies of a request's files after the answer. Camel makes them before the route
   * starts and never deletes them.
   */
  public void removeWhenDone(Exchange exchange) {
    AttachmentMessage message = exchange.getMessage(AttachmentMessage.class);
    if (message.hasAttachments()) {
      List<Path> parts = message.getAttachments().values().stream().map(Uploads::path).toList();
      exchange.getExchangeExtension().addOnCompletion(new Removal(parts));
    }
  }

  public Upload receive(
      Exchange exchange, @Header("CamelHttpServletRequest") HttpServletRequest request)
      throws IOException {
    DataHandler part =
        exchange.getMessage(AttachmentMessage.class).getAttachment(WholeUploads.PART);
    if (part == null || !(request instanceof MultipartHttpServletRequest multipart)) {
      throw new ApiException(ProblemType.NO_FILE_PART);
    }
    Path content = path(part);
    MultipartFile sent = multipart.getFile(WholeUploads.PART);
    String name = sent.getOriginalFilename();
    digests.check(multipart, WholeUploads.PART, content);
    return new Upload(
        UUID.randomUUID(),
        name == null ? "" : name,
        content,
        charset(request, sent),
        zone(request),
        key(request),
        null,
        Upload.Origin.HTTP);
  }

  /** The idempotency key, or null. */
  private static String key(HttpServletRequest request) {
    List<String> keys = Collections.list(request.getHeaders("Idempotency-Key"));
    if (keys.isEmpty()) {
      return null;
    }
    if (keys.size() > 1 || !KEY.matcher(keys.get(0)).matches()) {
      throw new ApiException(ProblemType.INVALID_IDEMPOTENCY_KEY);
    }
    return keys.get(0);
  }

  /** A query parameter or a form field, else what the file's part says of itself. */
  public static Charset charset(HttpServletRequest request, MultipartFile file) {
    String[] names = request.getParameterValues("charset");
    if (names == null) {
      String ofPart = charsetOf(file);
      if (ofPart == null) {
        return StandardCharsets.UTF_8;
      }
      names = new String[] {ofPart};
    }
    return Optional.of(names)
        .filter(given -> given.length == 1)
        .flatMap(given -> SourceFile.charset(given[0]))
        .orElseThrow(
            () ->
                new ApiException(
                    ProblemType.UNKNOWN_CHARSET, String.join(", ", SourceFile.CHARSETS)));
  }

  /** The charset in the content type of the file's part; null where it names none. */
  private static String charsetOf(MultipartFile file) {
    String type = file.getContentType();
    Matcher charset = PART_CHARSET.matcher(type == null ? "" : type);
    return charset.find() ? charset.group(1) : null;
  }

  /** A query parameter or a form field; null where there is none. */
  public static ZoneId zone(HttpServletRequest request) {
    String[] names = request.getParameterValues("timezone");
    if (names == null) {
      return null;
    }
    return JobParameters.zone(String.join(", ", names));
  }

  private static Path path(DataHandler part) {
    return ((CamelFileDataSource) part.getDataSource()).getFile().toPath();
  }

  /** Deletes files when an exchange is done. */
  static final class Removal extends SynchronizationAdapter {
    private final List<Path> files;

    Removal(List<Path> files) {
      this.files = files;
    }

    /** Not handed over to a queued job, which may wait for a long time. */
    @Override
    public boolean allowHandover() {
      return false;
    }

    @Override
    public void onDone(Exchange exchange) {
      for (Path file : files) {
        try {
          Files.deleteIfExists(file);
        } catch (IOException e) {
          LOG.warn("Temporary file {} could not be deleted: {}", file, e.toString());
        }
      }
    }
  }
}
