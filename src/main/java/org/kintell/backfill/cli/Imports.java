package org.kintell.backfill.cli;

import com.google.gson.JsonObject;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.kintell.backfill.cli.job.Following;
import org.kintell.backfill.cli.job.Outcome;
import org.kintell.backfill.cli.job.UploadSteps;
import org.kintell.backfill.cli.service.Endpoints;
import org.kintell.backfill.cli.service.ExitCode;
import org.kintell.backfill.cli.service.Failure;
import org.kintell.backfill.cli.service.JobWatch;
import org.kintell.backfill.cli.service.LocalFile;
import org.kintell.backfill.cli.service.Uploads;
import org.kintell.backfill.cli.service.Uploads.Started;
import org.kintell.backfill.cli.terminal.Progress;
import org.kintell.backfill.cli.terminal.Text;

/** The imports of one command, some of them at once. */
final class Imports {

  /** Of several exit codes the first of these counts. */
  private static final List<Integer> WORST_FIRST =
      List.of(
          ExitCode.FAILED,
          ExitCode.NOT_ALLOWED,
          ExitCode.NOT_REACHED,
          ExitCode.REFUSED,
          ExitCode.WRONG_USAGE,
          ExitCode.PAUSED,
          ExitCode.STILL_GOING,
          ExitCode.REJECTS,
          ExitCode.DONE);

  private final ImportCommand command;
  private final Map<String, String> parameters;
  private final Uploads uploads;
  private final List<String> running = new CopyOnWriteArrayList<>();

  Imports(ImportCommand command, Map<String, String> parameters) {
    this.command = command;
    this.parameters = parameters;
    uploads = new Uploads(command.service(), command.kintell.environment, command.output());
  }

  /** Imports all files, and gives the worst of their exit codes. */
  int all(List<String> files) {
    ExecutorService workers =
        Executors.newFixedThreadPool(Math.min(command.parallel, files.size()));
    boolean shown = !command.json();
    try (Progress progress =
        new Progress(command.terminal(), command.output(), files.size(), shown)) {
      List<Future<Integer>> codes = new ArrayList<>();
      for (int i = 0; i < files.size(); i++) {
        int number = i;
        codes.add(workers.submit(() -> one(files.get(number), progress, number, files.size() > 1)));
      }
      int worst = WORST_FIRST.size() - 1;
      for (Future<Integer> code : codes) {
        worst = Math.min(worst, WORST_FIRST.indexOf(code.get()));
      }
      return WORST_FIRST.get(worst);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw new IllegalStateException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Failure(ExitCode.INTERRUPTED, "Interrupted");
    } finally {
      workers.shutdownNow();
    }
  }

  /**
   * @param goesOn whether the failure of one file leaves the others alone
   */
  private int one(String file, Progress progress, int number, boolean goesOn) {
    try {
      return run(file, progress, number);
    } catch (Failure failure) {
      progress.end(number);
      if (!goesOn) {
        throw failure;
      }
      if (command.json()) {
        JsonObject line = new JsonObject();
        line.addProperty("fileName", file);
        line.addProperty("exitCode", failure.exitCode());
        line.add("problem", failure.problem());
        command.output().json("problem", line);
      } else {
        String message = failure.getMessage();
        command.output().error(message.startsWith(file) ? message : file + ": " + message);
      }
      return failure.exitCode();
    }
  }

  private int run(String file, Progress progress, int number) {
    Started started;
    try (LocalFile content = LocalFile.open(file, command.kintell.input())) {
      UploadSteps steps = new UploadSteps(content, progress, number);
      if (command.check) {
        JsonObject report = uploads.check(content, command.reading.parameters(), steps::sent);
        if (Text.number(report, "failedRows") > 0) {
          return rejected(report);
        }
      }
      started = uploads.start(content, parameters, steps::sent);
    }
    String jobId = Text.text(started.job(), "jobId");
    announce(file, started, jobId);
    if (command.detach.detached && !JobWatch.isStopped(started.job())) {
      progress.end(number);
      return detached(jobId);
    }
    running.add(jobId);
    command.adviseToWatch(running.toArray(String[]::new));
    Outcome outcome =
        new Following(command.service(), command.output(), progress, number, command.json())
            .follow(jobId, command.success.allowRejects);
    running.remove(jobId);
    command.adviseToWatch(running.toArray(String[]::new));
    show(outcome, jobId, file);
    if (outcome.isOver()) {
      uploads.forget(started);
    }
    return outcome.exitCode();
  }

  private int rejected(JsonObject report) {
    if (command.json()) {
      JsonObject line = report.deepCopy();
      line.addProperty("exitCode", ExitCode.REJECTS);
      command.output().json("check", line);
    } else {
      command.output().data(CheckCommand.text(report));
    }
    return ExitCode.REJECTS;
  }

  private void announce(String file, Started started, String jobId) {
    if (command.json()) {
      command.showStarted(started.job(), started.again());
    } else if (started.again()) {
      command
          .output()
          .notice(
              "%s is job %s already, of the same command before"
                  .formatted(file, Text.shortId(jobId)));
    } else {
      command.output().notice("%s is job %s".formatted(file, jobId));
    }
  }

  private int detached(String jobId) {
    if (!command.json()) {
      command.output().data(jobId);
      command.output().notice("To watch it: kintell watch " + Text.shortId(jobId));
    }
    return ExitCode.STILL_GOING;
  }

  /** The rows are the data, where standard output takes them. */
  private void show(Outcome outcome, String jobId, String file) {
    if (Session.isOutput(command.errorsTo)) {
      command.output().notice(outcome.text());
    } else {
      command.show(outcome.json(), document -> outcome.text());
    }
    if (command.errorsTo != null && outcome.rejected() > 0) {
      command.write(
          command.errorsTo,
          target -> command.service().download(Endpoints.job(jobId, "errors"), target));
      if (!Session.isOutput(command.errorsTo)) {
        command.output().notice("Rejected rows: " + command.errorsTo);
      }
    } else if (command.errorsTo != null && !Session.isOutput(command.errorsTo)) {
      removeEarlierRejects(Path.of(file));
    }
  }

  private void removeEarlierRejects(Path imported) {
    if (command.target(command.errorsTo).remove(imported)) {
      command
          .output()
          .notice("No row was rejected; %s of before is removed".formatted(command.errorsTo));
    }
  }
}
