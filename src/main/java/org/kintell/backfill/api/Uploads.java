package org.kintell.backfill.api;

import jakarta.activation.DataHandler;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.apache.camel.Exchange;
import org.apache.camel.Header;
import org.apache.camel.attachment.AttachmentMessage;
import org.apache.camel.attachment.CamelFileDataSource;
import org.apache.camel.support.SynchronizationAdapter;
import org.kintell.backfill.job.Upload;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import org.springframework.web.multipart.MultipartHttpServletRequest;

/** Takes the file part out of a multipart request. */
@Component
public class Uploads {

  private static final Logger LOG = LoggerFactory.getLogger(Uploads.class);
  private static final String PART = "file";

  /** The file part, as a job to be. All parts' temporary files are gone when the exchange is. */
  public Upload receive(
      Exchange exchange, @Header("CamelHttpServletRequest") HttpServletRequest request) {
    if (!(request instanceof MultipartHttpServletRequest multipart)) {
      throw ProblemException.noFilePart();
    }
    AttachmentMessage message = exchange.getMessage(AttachmentMessage.class);
    List<Path> parts = new ArrayList<>();
    Path content = null;
    for (String name : message.getAttachmentNames()) {
      Path part = path(message.getAttachment(name));
      parts.add(part);
      content = name.equals(PART) ? part : content;
    }
    exchange.getExchangeExtension().addOnCompletion(new Removal(parts));
    if (content == null) {
      throw ProblemException.noFilePart();
    }
    String name = multipart.getFile(PART).getOriginalFilename();
    return new Upload(UUID.randomUUID(), name == null ? "" : name, content, Upload.Origin.HTTP);
  }

  private static Path path(DataHandler part) {
    return ((CamelFileDataSource) part.getDataSource()).getFile().toPath();
  }

  private static final class Removal extends SynchronizationAdapter {
    private final List<Path> files;

    Removal(List<Path> files) {
      this.files = files;
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
