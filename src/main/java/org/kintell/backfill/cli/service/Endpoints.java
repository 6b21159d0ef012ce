package org.kintell.backfill.cli.service;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** The addresses of a service's resources, below its own. */
public final class Endpoints {

  public static final String JOBS = "/import/backfill";

  private Endpoints() {}

  /** The address of a job's resource, such as its status. */
  public static String job(String jobId, String resource) {
    return JOBS + "/" + jobId + "/" + resource;
  }

  /** An address with parameters; those without a value are left out. */
  public static String with(String path, Map<String, String> parameters) {
    String query = query(parameters);
    return query.isEmpty() ? path : path + "?" + query;
  }

  /** In the order of their names: the same parameters are the same text. */
  static String query(Map<String, String> parameters) {
    return new TreeMap<>(parameters)
        .entrySet().stream()
            .filter(entry -> entry.getValue() != null)
            .map(
                entry ->
                    entry.getKey()
                        + "="
                        + URLEncoder.encode(entry.getValue(), StandardCharsets.UTF_8))
            .collect(Collectors.joining("&"));
  }
}
