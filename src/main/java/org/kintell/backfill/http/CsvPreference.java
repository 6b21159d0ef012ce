package org.kintell.backfill.http;

import java.util.List;
import org.springframework.http.MediaType;
import org.springframework.web.HttpMediaTypeNotAcceptableException;
import org.springframework.web.accept.HeaderContentNegotiationStrategy;
import org.springframework.web.context.request.NativeWebRequest;

/** Whether a client asks for CSV where a request can be answered in JSON as well. */
public final class CsvPreference {

  public static final MediaType CSV = MediaType.parseMediaType("text/csv;charset=UTF-8");

  private CsvPreference() {}

  /**
   * Whether the client prefers CSV to JSON; a client that takes anything gets JSON.
   *
   * @throws HttpMediaTypeNotAcceptableException if it takes neither
   */
  public static boolean of(NativeWebRequest request) throws HttpMediaTypeNotAcceptableException {
    List<MediaType> accepted = new HeaderContentNegotiationStrategy().resolveMediaTypes(request);
    for (MediaType type : accepted) {
      if (type.includes(MediaType.APPLICATION_JSON)) {
        return false;
      }
      if (type.includes(CSV)) {
        return true;
      }
    }
    throw new HttpMediaTypeNotAcceptableException(
        List.of(MediaType.APPLICATION_JSON, new MediaType("text", "csv")));
  }
}
