package org.kintell.backfill.cli;

import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Option;

/** How a file is to be read, for an import and for a dry run. */
final class FileOptions {

  @Option(
      names = "--charset",
      paramLabel = "NAME",
      order = 1,
      description = "UTF-8 (default), windows-1252 (cp1252), ISO-8859-1 or ISO-8859-15.")
  String charset;

  @Option(
      names = "--on-duplicate",
      paramLabel = "WHAT",
      order = 2,
      description = "For sessions that exist: reject (default), skip or update.")
  String onDuplicate;

  /** As the service's parameters. */
  Map<String, String> parameters() {
    Map<String, String> parameters = new LinkedHashMap<>();
    if (charset != null) {
      parameters.put("charset", charset.equalsIgnoreCase("cp1252") ? "windows-1252" : charset);
    }
    if (onDuplicate != null) {
      parameters.put("onDuplicate", onDuplicate);
    }
    return parameters;
  }
}
