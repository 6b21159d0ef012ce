package org.kintell.backfill.http.upload;

import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.kintell.backfill.http.problem.ApiException;
import org.kintell.backfill.http.problem.ProblemType;
import org.springframework.http.HttpHeaders;
import org.springframework.stereotype.Component;
import org.springframework.util.LinkedMultiValueMap;
import org.springframework.web.multipart.MultipartException;
import org.springframework.web.multipart.MultipartHttpServletRequest;
import org.springframework.web.multipart.support.DefaultMultipartHttpServletRequest;
import org.springframework.web.multipart.support.StandardServletMultipartResolver;
import org.springframework.web.servlet.DispatcherServlet;

/**
 * Parses an upload and refuses one that broke off, is encoded or holds several files. Tomcat
 * records a broken body in a request attribute that Spring reads as "an error is being answered":
 * it would call the controller without the parts. Of several files, all but one would be lost
 * silently, and an encoded file would be stored unchanged.
 */
@Component(DispatcherServlet.MULTIPART_RESOLVER_BEAN_NAME)
public class WholeUploads extends StandardServletMultipartResolver {

  /** The name of the part that holds the file. */
  public static final String PART = "file";

  private static final List<String> UNENCODED = List.of("7bit", "8bit", "binary");

  @Override
  public MultipartHttpServletRequest resolveMultipart(HttpServletRequest request) {
    MultipartHttpServletRequest upload;
    try {
      upload = super.resolveMultipart(request);
    } catch (MultipartException e) {
      request.removeAttribute(RequestDispatcher.ERROR_EXCEPTION);
      if (isEmpty(request)) {
        return new DefaultMultipartHttpServletRequest(
            request, new LinkedMultiValueMap<>(), Map.of(), Map.of());
      }
      throw problem(request, e);
    }
    try {
      check(upload);
      return upload;
    } catch (ApiException e) {
      cleanupMultipart(upload);
      throw e;
    }
  }

  /** Clients without a file send an empty body of any type, also without a boundary. */
  private static boolean isEmpty(HttpServletRequest request) {
    try {
      return !MultipartStartValve.hasBegun(request) && RequireMultipart.isEmpty(request);
    } catch (IOException e) {
      return false;
    }
  }

  private static void check(MultipartHttpServletRequest upload) {
    int files = upload.getFiles(PART).size();
    if (files > 1) {
      throw new ApiException(ProblemType.SEVERAL_FILES, files);
    }
    HttpHeaders headers = upload.getMultipartHeaders(PART);
    String encoding = headers == null ? null : headers.getFirst("Content-Transfer-Encoding");
    if (encoding != null && !UNENCODED.contains(encoding.strip().toLowerCase(Locale.ROOT))) {
      throw new ApiException(ProblemType.ENCODED_PART, RequireMultipart.shown(encoding));
    }
    if (files == 0 && MultipartStartValve.hasBareLineFeed(upload)) {
      throw new ApiException(ProblemType.BARE_LINE_FEEDS);
    }
  }

  /** The real reason, if known. */
  private static RuntimeException problem(HttpServletRequest request, MultipartException e) {
    String type = request.getContentType();
    if (type != null && !type.toLowerCase(Locale.ROOT).contains("boundary=")) {
      return new ApiException(ProblemType.NO_BOUNDARY);
    }
    return MultipartStartValve.hasBareLineFeed(request)
        ? new ApiException(ProblemType.BARE_LINE_FEEDS)
        : e;
  }
}
