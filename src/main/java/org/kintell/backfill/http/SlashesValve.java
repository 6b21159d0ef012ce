package org.kintell.backfill.http;

import jakarta.servlet.ServletException;
import java.io.IOException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ValveBase;

/**
 * Removes a superfluous slash at the beginning or end of an address, such as {@code start/} and
 * {@code //health}, before any rule, filter or servlet sees the address. Not below {@code
 * /actuator}, where Hawtio needs its slash, and not within an address, where a job id may be
 * missing.
 */
public class SlashesValve extends ValveBase {

  private static final Pattern ADDRESS = Pattern.compile("/+(?!actuator)([^/].*?)/?");

  public SlashesValve() {
    super(true);
  }

  @Override
  public void invoke(Request request, Response response) throws IOException, ServletException {
    String sent = request.getRequestURI();
    Matcher address = ADDRESS.matcher(sent);
    if ((sent.startsWith("//") || sent.endsWith("/")) && address.matches()) {
      String plain = "/" + address.group(1);
      request.getCoyoteRequest().requestURI().setString(plain);
      String decoded = request.getDecodedRequestURI();
      if (decoded.endsWith("/") && decoded.length() > 1) {
        String path = decoded.substring(0, decoded.length() - 1);
        request.getCoyoteRequest().decodedURI().setString(path);
        request.getMappingData().requestPath.setString(path);
        request.getMappingData().wrapperPath.setString(path);
      }
    }
    getNext().invoke(request, response);
  }
}
