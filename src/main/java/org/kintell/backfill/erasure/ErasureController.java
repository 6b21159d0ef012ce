package org.kintell.backfill.erasure;

import java.io.IOException;
import java.io.InputStream;
import org.kintell.backfill.start.JobParameters;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Erases one person's address and feedback, or with {@code dryRun} counts them. */
@RestController
class ErasureController {

  private final Erasure erasure;

  ErasureController(Erasure erasure) {
    this.erasure = erasure;
  }

  @PostMapping(path = "/import/backfill/erasure", consumes = MediaType.APPLICATION_JSON_VALUE)
  ErasureReport erase(InputStream body, @RequestParam(required = false) String dryRun)
      throws IOException {
    return erasure.erase(body, JobParameters.dryRun(dryRun));
  }
}
