package org.kintell.backfill.api;

import java.io.IOException;
import org.kintell.backfill.config.Version;
import org.kintell.backfill.http.Attachment;
import org.springframework.core.io.ClassPathResource;
import org.springframework.core.io.InputStreamResource;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * Sends files that are part of the service: the OpenAPI document, the template of a file, and the
 * command line, which the build puts next to the classes.
 */
@RestController
class DocumentController {

  private static final String TEMPLATE = "kintell_sessions_template.csv";

  private static final ClassPathResource COMMAND_LINE = new ClassPathResource("cli/kintell");

  private final byte[] openApi = read("openapi.json");
  private final byte[] template = read("csv/" + TEMPLATE);

  DocumentController() throws IOException {}

  private static byte[] read(String name) throws IOException {
    return new ClassPathResource(name).getContentAsByteArray();
  }

  @GetMapping("/openapi.json")
  ResponseEntity<byte[]> openApi() {
    return ResponseEntity.ok().contentType(MediaType.APPLICATION_JSON).body(openApi);
  }

  @GetMapping("/templates/" + TEMPLATE)
  ResponseEntity<byte[]> template() {
    return ResponseEntity.ok()
        .headers(Attachment.named(TEMPLATE))
        .header(HttpHeaders.CONTENT_TYPE, "text/csv; charset=utf-8")
        .body(template);
  }

  /** One file with its launcher; a header names its build, so that clients notice an older one. */
  @GetMapping("/cli/kintell")
  ResponseEntity<InputStreamResource> commandLine() throws IOException {
    return ResponseEntity.ok()
        .headers(Attachment.named("kintell"))
        .header("X-Kintell-Version", Version.read().toString())
        .contentType(MediaType.APPLICATION_OCTET_STREAM)
        .body(new InputStreamResource(COMMAND_LINE.getInputStream()));
  }
}
