package org.kintell.backfill.command;

import java.util.function.ToIntFunction;

/**
 * One word that may follow the jar on the command line.
 *
 * @param name the word
 * @param arguments what may follow it, for the help; empty where nothing does
 * @param summary what it does, for the help
 * @param action takes the whole command line, the word first; gives the exit code
 */
record Command(String name, String arguments, String summary, ToIntFunction<String[]> action) {

  String usage() {
    return arguments.isEmpty() ? name : name + " " + arguments;
  }
}
