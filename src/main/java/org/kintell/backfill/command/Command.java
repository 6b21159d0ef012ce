package org.kintell.backfill.command;

import java.util.function.ToIntFunction;

/**
 * One word that may follow the jar on the command line.
 *
 * @param name the word
 * @param arguments its arguments, for the help; may be empty
 * @param summary its purpose, for the help
 * @param action takes the whole command line, the word first; returns the exit code
 */
record Command(String name, String arguments, String summary, ToIntFunction<String[]> action) {

  String usage() {
    return arguments.isEmpty() ? name : name + " " + arguments;
  }
}
