package org.kintell.backfill.http.problem;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ErrorReportValve;

/** Answers with a problem document if Tomcat refuses a request before the application. */
public class ProblemValve extends ErrorReportValve {

  private static final ObjectMapper JSON = new ObjectMapper();

  @Override
  protected void report(Request request, Response response, Throwable thrown) {
    if (response.getStatus() < 400
        || response.getContentWritten() > 0
        || !response.setErrorReported()) {
      return;
    }
    try {
      response.setContentType(Problem.MEDIA_TYPE);
      response.getReporter().write(JSON.writeValueAsString(Problem.of(response.getStatus(), null)));
      response.finishResponse();
    } catch (IOException | IllegalStateException e) {
      // The client has gone.
      container.getLogger().debug("error not reported", e);
    }
  }
}
