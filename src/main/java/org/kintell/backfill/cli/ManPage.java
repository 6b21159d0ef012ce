package org.kintell.backfill.cli;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** The manual page, in the language of man(7). */
final class ManPage {

  private final List<String> lines = new ArrayList<>();
  private final CommandLine all;

  ManPage(CommandLine all) {
    this.all = all;
  }

  String text() {
    CommandSpec root = all.getCommandSpec();
    lines.add(".TH KINTELL 1");
    lines.add(".SH NAME");
    lines.add("kintell \\- imports session files, and looks after the jobs");
    lines.add(".SH SYNOPSIS");
    lines.add("\\fBkintell\\fR \\fICOMMAND\\fR [\\fIOPTION\\fR]... [\\fIARGUMENT\\fR]...");
    lines.add(".SH DESCRIPTION");
    paragraphs(root.usageMessage().description());
    lines.add(".SH OPTIONS OF EVERY COMMAND");
    Set<String> common = new LinkedHashSet<>();
    for (OptionSpec option : root.options()) {
      common.add(option.longestName());
      option(option);
    }
    lines.add(".SH COMMANDS");
    all.getSubcommands().values().stream()
        .map(CommandLine::getCommandSpec)
        .forEach(spec -> command(spec, common));
    lines.add(".SH NOTES");
    literal(root.usageMessage().footer());
    return String.join("\n", lines);
  }

  private void command(CommandSpec spec, Set<String> common) {
    StringBuilder synopsis = new StringBuilder("kintell " + spec.name());
    spec.positionalParameters()
        .forEach(parameter -> synopsis.append(' ').append(parameter.paramLabel()));
    lines.add(".SS \"" + escaped(synopsis.toString()) + "\"");
    paragraphs(spec.usageMessage().description());
    spec.options().stream()
        .filter(option -> !common.contains(option.longestName()))
        .forEach(this::option);
    literal(spec.usageMessage().footer());
  }

  private void option(OptionSpec option) {
    lines.add(".TP");
    String value = option.arity().max() > 0 ? "=\\fI" + escaped(option.paramLabel()) + "\\fR" : "";
    lines.add("\\fB" + escaped(String.join(", ", option.names())) + "\\fR" + value);
    for (String text : option.description()) {
      lines.add(escaped(text));
    }
  }

  private void paragraphs(String... texts) {
    for (String text : texts) {
      lines.add(text.isEmpty() ? ".PP" : escaped(text.replace("%n", "")));
    }
  }

  private void literal(String... texts) {
    if (texts.length > 0) {
      lines.add(".PP");
      lines.add(".nf");
      for (String text : texts) {
        lines.add(escaped(text));
      }
      lines.add(".fi");
    }
  }

  /** A dot or an apostrophe at the start of a line would be a request. */
  private static String escaped(String text) {
    String plain = text.replace("\\", "\\e").replace("-", "\\-");
    return plain.startsWith(".") || plain.startsWith("'") ? "\\&" + plain : plain;
  }
}
