package org.kintell.backfill.http;

import org.springframework.http.ContentDisposition;
import org.springframework.http.HttpHeaders;

/** Tells a browser to save an answer as a file. */
public final class Attachment {

  private Attachment() {}

  /** The header that gives the file its name. */
  public static HttpHeaders named(String fileName) {
    HttpHeaders headers = new HttpHeaders();
    headers.setContentDisposition(ContentDisposition.attachment().filename(fileName).build());
    return headers;
  }
}
