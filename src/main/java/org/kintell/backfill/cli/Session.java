package org.kintell.backfill.cli;

import com.google.gson.JsonObject;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import java.util.function.Function;
import org.kintell.backfill.cli.job.Following;
import org.kintell.backfill.cli.job.Outcome;
import org.kintell.backfill.cli.service.Address;
import org.kintell.backfill.cli.service.Contexts;
import org.kintell.backfill.cli.service.Jobs;
import org.kintell.backfill.cli.service.LocalFile;
import org.kintell.backfill.cli.service.Patience;
import org.kintell.backfill.cli.service.Service;
import org.kintell.backfill.cli.service.TargetFile;
import org.kintell.backfill.cli.terminal.Output;
import org.kintell.backfill.cli.terminal.Progress;
import org.kintell.backfill.cli.terminal.Terminal;
import org.kintell.backfill.cli.terminal.Text;
import org.kintell.backfill.config.Version;
import picocli.CommandLine.ParentCommand;

/** What a command has: the global options, the streams, and the service. */
abstract class Session implements Callable<Integer> {

  private static final String USUAL_SERVER = "http://localhost:3002";

  @ParentCommand Kintell kintell;

  private Contexts contexts;
  private String server;
  private Service service;

  /** Whether the command follows a job to its end, and so waits without end. */
  boolean isLong() {
    return false;
  }

  final Output output() {
    if (kintell.quiet) {
      kintell.output.quiet();
    }
    return kintell.output;
  }

  final Terminal terminal() {
    return Terminal.of(kintell.environment);
  }

  final boolean json() {
    return kintell.json;
  }

  /** Writes a document as JSON, or as text for people. */
  final void show(JsonObject document, Function<JsonObject, String> text) {
    output().data(json() ? document.toString() : text.apply(document));
  }

  /**
   * Writes the line of a job that goes on, for programs.
   *
   * @param again whether it existed
   */
  final void showStarted(JsonObject job, boolean again) {
    JsonObject line = job.deepCopy();
    line.addProperty("again", again);
    output().json("started", line);
  }

  /** The address of the service, as it was named, but for slashes at its end. */
  final String server() {
    if (server == null) {
      server =
          Optional.ofNullable(kintell.server)
              .or(() -> Optional.ofNullable(kintell.environment.get("KINTELL_SERVER")))
              .filter(named -> !named.isEmpty())
              .or(contexts()::server)
              .orElse(USUAL_SERVER)
              .replaceFirst("/+$", "");
    }
    return server;
  }

  final Contexts contexts() {
    if (contexts == null) {
      contexts = new Contexts(kintell.environment);
    }
    return contexts;
  }

  final Service service() {
    if (service == null) {
      service = service(contexts().key(kintell.keyFile, server()).orElse(null));
    }
    return service;
  }

  /** The service, with another key. */
  final Service service(String key) {
    Path caFile = kintell.caFile;
    String variable = kintell.environment.getOrDefault("KINTELL_CA_FILE", "");
    if (caFile == null && !variable.isEmpty()) {
      caFile = Path.of(variable);
    }
    return new Service(
        Address.of(server(), caFile, kintell.environment),
        key,
        new Patience(kintell.timeout, isLong()),
        output());
  }

  /** Writes a notice if the service has another version. */
  final void compareVersions() {
    String own = Version.read().toString();
    service()
        .version()
        .filter(other -> !other.equals(own))
        .ifPresent(
            other ->
                output()
                    .notice(
                        "%1$s has another version, %2$s. To fetch it: curl -fo kintell %1$s/cli/kintell"
                            .formatted(service().address(), Text.harmless(other))));
  }

  final String find(String job) {
    return new Jobs(service(), output()).find(job);
  }

  /**
   * Follows a job until it stops, and shows its outcome.
   *
   * @param shown whether its progress is shown
   * @return the exit code
   */
  final int follow(String jobId, boolean allowRejects, boolean shown) {
    adviseToWatch(jobId);
    try (Progress progress = new Progress(terminal(), output(), 1, shown)) {
      Outcome outcome =
          new Following(service(), output(), progress, 0, json()).follow(jobId, allowRejects);
      show(outcome.json(), document -> outcome.text());
      return outcome.exitCode();
    }
  }

  /** From now on Ctrl-C says that these jobs go on. */
  final void adviseToWatch(String... jobIds) {
    kintell.interruption.advise(
        Arrays.stream(jobIds)
            .map(Text::shortId)
            .map(
                id ->
                    "Job %1$s goes on. To watch it: kintell watch %1$s. To stop it: kintell pause %1$s"
                        .formatted(id))
            .toArray(String[]::new));
  }

  /**
   * Says at once that a file cannot be written, before there is something to write.
   *
   * @param file null for none
   */
  final void requireWritable(String file) {
    if (file != null && !isOutput(file)) {
      target(file).requireWritable();
    }
  }

  /** Whether a name stands for the standard output. */
  static boolean isOutput(String file) {
    return LocalFile.STANDARD_INPUT.equals(file);
  }

  /** Writes to the standard output, or to a file that is written anew. */
  final void write(String file, Consumer<OutputStream> content) {
    if (isOutput(file)) {
      content.accept(output().bytes());
    } else {
      target(file).write(content);
    }
  }

  final TargetFile target(String file) {
    return new TargetFile(file, kintell.interruption::remove);
  }
}
