package org.kintell.backfill.http.upload;

import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.http.HttpServletRequest;
import org.kintell.backfill.http.problem.ApiException;
import org.kintell.backfill.http.problem.ProblemType;
import org.springframework.stereotype.Component;
import org.springframework.web.multipart.MultipartException;
import org.springframework.web.multipart.MultipartHttpServletRequest;
import org.springframework.web.multipart.support.StandardServletMultipartResolver;
import org.springframework.web.servlet.DispatcherServlet;

/**
 * Parses an upload and refuses one that broke off or holds several files. Tomcat records a broken
 * body in a request attribute that Spring reads as "an error is being answered": it would call the
 * route without the parts. Of several files, all but one would be lost silently.
 */
@Component(DispatcherServlet.MULTIPART_RESOLVER_BEAN_NAME)
public class WholeUploads extends StandardServletMultipartResolver {

  /** The name of the part that holds the file. */
  public static final String PART = "file";

  @Override
  public MultipartHttpServletRequest resolveMultipart(HttpServletRequest request) {
    MultipartHttpServletRequest upload;
    try {
      upload = super.resolveMultipart(request);
    } catch (MultipartException e) {
      request.removeAttribute(RequestDispatcher.ERROR_EXCEPTION);
      throw e;
    }
    int files = upload.getFiles(PART).size();
    if (files > 1) {
      cleanupMultipart(upload);
      throw new ApiException(ProblemType.SEVERAL_FILES, files);
    }
    return upload;
  }
}
