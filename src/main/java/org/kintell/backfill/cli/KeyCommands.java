package org.kintell.backfill.cli;

import com.google.gson.JsonObject;
import java.io.Console;
import java.util.Map;
import org.kintell.backfill.cli.service.Contexts;
import org.kintell.backfill.cli.service.Endpoints;
import org.kintell.backfill.cli.service.ExitCode;
import org.kintell.backfill.cli.service.Failure;
import org.kintell.backfill.cli.service.Service;
import org.kintell.backfill.cli.terminal.Text;
import picocli.CommandLine.Command;

/** The commands about the key of this user. */
final class KeyCommands {

  private KeyCommands() {}

  @Command(
      name = "login",
      description =
          "Asks for an API key, tries it, and stores it for this service in a file that only you can read.",
      footer = {
        "Examples:",
        "  kintell login --server https://kintell.example.com",
        "  kintell login --key-file key.txt"
      })
  static final class Login extends Session {
    @Override
    public Integer call() {
      String key =
          kintell.keyFile == null ? ask() : contexts().key(kintell.keyFile, server()).orElseThrow();
      Service service = service(key);
      // The list needs a valid key, of the role viewer at least.
      service.get(Endpoints.with(Endpoints.JOBS, Map.of("limit", "1")));
      contexts().login(server(), key);
      output().notice("Logged in to %s. The key is in %s".formatted(server(), contexts().file()));
      compareVersions();
      return ExitCode.DONE;
    }

    private String ask() {
      if (terminal().input() && !kintell.noInput) {
        Console console = System.console();
        // Asks only after the terminal has stopped to echo.
        char[] typed = console == null ? null : console.readPassword("API key for %s: ", server());
        return Contexts.valid(typed == null ? "" : new String(typed).strip(), "The input");
      }
      if (kintell.noInput) {
        throw new Failure(
            ExitCode.WRONG_USAGE, "Name the key's file: kintell login --key-file FILE");
      }
      return Contexts.valid(kintell.readLine().strip(), "Standard input");
    }
  }

  @Command(name = "logout", description = "Removes the stored key for this service.")
  static final class Logout extends Session {
    @Override
    public Integer call() {
      output()
          .notice(
              contexts().logout(server())
                  ? "The key for %s is removed".formatted(server())
                  : "There was no key for " + server());
      return ExitCode.DONE;
    }
  }

  @Command(
      name = "whoami",
      description = "Shows as whom the service sees you, and what you may do.")
  static final class Whoami extends Session {
    @Override
    public Integer call() {
      JsonObject me = service().get("/whoami");
      show(me, this::text);
      compareVersions();
      return ExitCode.DONE;
    }

    private String text(JsonObject me) {
      String until = Text.text(me, "until");
      return "%s, role %s%s, at %s"
          .formatted(
              Text.harmless(Text.text(me, "name")),
              Text.text(me, "role"),
              until.isEmpty() ? "" : ", until " + until,
              server());
    }
  }
}
