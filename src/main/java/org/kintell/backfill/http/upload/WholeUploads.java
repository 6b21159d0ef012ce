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
 * Takes an upload apart, and refuses one that broke off. Tomcat notes such an end as an attribute
 * of the request, which Spring takes for a sign that an error is being answered already: it would
 * call the route nevertheless, without the parts. Of several files all but one would be lost
 * without a word, so they are refused as well.
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
