package org.kintell.backfill.start;

import jakarta.activation.DataHandler;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.apache.camel.Exchange;
import org.apache.camel.Header;
import org.apache.camel.attachment.AttachmentMessage;
import org.apache.camel.attachment.CamelFileDataSource;
import org.apache.camel.support.SynchronizationAdapter;
import org.kintell.backfill.file.SourceFile;
import org.kintell.backfill.http.problem.ProblemException;
import org.kintell.backfill.http.upload.UploadDigests;
import org.kintell.backfill.http.upload.WholeUploads;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import org.springframework.web.multipart.MultipartHttpServletRequest;

/** Takes the file part out of a multipart request. */
@Component
public class Uploads {

  private static final Logger LOG = LoggerFactory.getLogger(Uploads.class);

  private final UploadDigests digests;

  Uploads(UploadDigests digests) {
    this.digests = digests;
  }

  /**
   * Has the copies of a request's files removed when it is answered. Camel makes them for every
   * address, before the route begins, and leaves them.
   */
  public void removeWhenDone(Exchange exchange) {
    AttachmentMessage message = exchange.getMessage(AttachmentMessage.class);
    if (message.hasAttachments()) {
      List<Path> parts = message.getAttachments().values().stream().map(Uploads::path).toList();
      exchange.getExchangeExtension().addOnCompletion(new Removal(parts));
    }
  }

  /** The file part, as a job to be. */
  public Upload receive(
      Exchange exchange, @Header("CamelHttpServletRequest") HttpServletRequest request)
      throws IOException {
    DataHandler part =
        exchange.getMessage(AttachmentMessage.class).getAttachment(WholeUploads.PART);
    if (part == null || !(request instanceof MultipartHttpServletRequest multipart)) {
      throw ProblemException.noFilePart();
    }
    Path content = path(part);
    String name = multipart.getFile(WholeUploads.PART).getOriginalFilename();
    digests.check(multipart, WholeUploads.PART, content);
    return new Upload(
        UUID.randomUUID(),
        name == null ? "" : name,
        content,
        charset(request),
        IdempotencyKey.of(request),
        null,
        Upload.Origin.HTTP);
  }

  /** As a parameter of the address or as a field of the form. */
  public static Charset charset(HttpServletRequest request) {
    String[] names = request.getParameterValues("charset");
    if (names == null) {
      return StandardCharsets.UTF_8;
    }
    return Optional.of(names)
        .filter(given -> given.length == 1)
        .flatMap(given -> SourceFile.charset(given[0]))
        .orElseThrow(ProblemException::unknownCharset);
  }

  private static Path path(DataHandler part) {
    return ((CamelFileDataSource) part.getDataSource()).getFile().toPath();
  }

  /** Removes files when an exchange is done, whatever came of it. */
  static final class Removal extends SynchronizationAdapter {
    private final List<Path> files;

    Removal(List<Path> files) {
      this.files = files;
    }

    /**
     * A job that is queued takes along what else is to be done in the end; it may wait for long.
     */
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
          LOG.warn("Temporary file {} could not be removed: {}", file, e.toString());
        }
      }
    }
  }
}
