package org.kintell.backfill.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import org.kintell.backfill.cli.service.ExitCode;
import picocli.CommandLine.Command;

/**
 * Loads the classes that most commands need, so that Java can keep them for the next start: asks a
 * service of its own for a job, and for one that does not exist. The launcher calls it.
 */
@Command(
    name = "rehearse",
    hidden = true,
    description = "Lets Java keep the classes of most commands.")
final class RehearseCommand extends Session {

  private static final String JOB =
      """
      {"jobId":"00000000-0000-4000-8000-000000000000","fileName":"a.csv","totalRows":1,"processedRows":1,\
      "successfulRows":1,"failedRows":0,"status":"completed","percentComplete":100,"createdAt":"2024-01-15T10:00:00Z"}""";

  @Override
  public Integer call() {
    try (ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Thread answers = new Thread(() -> answer(listener), "rehearsal");
      answers.setDaemon(true);
      answers.start();
      String server = "http://127.0.0.1:" + listener.getLocalPort();
      new Kintell(kintell.environment).execute("status", "--server", server, "@latest");
      new Kintell(kintell.environment).execute("list", "--server", server);
      return ExitCode.DONE;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void answer(ServerSocket listener) {
    while (!listener.isClosed()) {
      try (Socket caller = listener.accept()) {
        String request = head(caller.getInputStream());
        String body = request.contains("/status") ? JOB : "{\"jobs\":[" + JOB + "]}";
        String answer =
            "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\nContent-Length: %d\r\n\r\n%s"
                .formatted(body.length(), body);
        caller.getOutputStream().write(answer.getBytes(StandardCharsets.US_ASCII));
      } catch (IOException e) {
        // The rehearsal is over, or nobody asks any more.
      }
    }
  }

  private static String head(InputStream in) throws IOException {
    StringBuilder head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      int next = in.read();
      if (next < 0) {
        break;
      }
      head.append((char) next);
    }
    return head.toString();
  }
}
