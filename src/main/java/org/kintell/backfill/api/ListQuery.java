package org.kintell.backfill.api;

import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.Base64;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.kintell.backfill.http.problem.ApiException;
import org.kintell.backfill.job.Job;
import org.kintell.backfill.job.JobStatus;

/**
 * The parameters of a request for a page of jobs.
 *
 * @param name part of the file's name, in any case; empty for all
 * @param place where the page begins; null for the newest job
 * @param limit maximum number of jobs on the page
 */
record ListQuery(Set<JobStatus> statuses, String name, Place place, int limit) {

  private static final int DEFAULT_LIMIT = 50;
  private static final int LARGEST_LIMIT = 500;

  /** A place in the list, between a job and the next older one. */
  record Place(Instant createdAt, UUID id) {

    static Place after(Job job) {
      return new Place(job.times().createdAt(), job.id());
    }
  }

  /** Content of a cursor: the creation time of a job, in microseconds since 1970, and its id. */
  private static final String CURSOR = "(\\d{1,18})_([0-9a-f-]{36})";

  /** The database cannot read later times, which have more digits. */
  private static final Instant END_OF_TIME = Instant.parse("9999-12-31T00:00:00Z");

  /** Reads the parameters of a request, each with all its values. */
  static ListQuery of(Map<String, String[]> parameters) {
    String cursor = single(parameters, "cursor");
    return new ListQuery(
        statuses(parameters.getOrDefault("status", new String[0])),
        name(single(parameters, "name")),
        cursor == null ? null : place(cursor),
        limit(single(parameters, "limit")));
  }

  /** Whether the page is filtered, so that the database may read many jobs to find a few. */
  boolean isSearch() {
    return !name.isEmpty() || statuses.size() < JobStatus.values().length;
  }

  private static String single(Map<String, String[]> parameters, String name) {
    String[] values = parameters.get(name);
    if (values == null) {
      return null;
    }
    if (values.length > 1) {
      throw ApiException.invalidParameter(name, String.join(" ", values), "one value");
    }
    return values[0];
  }

  /** Any text without NUL, which the database cannot store. */
  private static String name(String text) {
    if (text == null) {
      return "";
    }
    if (text.indexOf('\0') >= 0) {
      throw ApiException.invalidParameter("name", text, "part of a file's name");
    }
    return text;
  }

  private static Set<JobStatus> statuses(String[] values) {
    Set<JobStatus> wanted = EnumSet.noneOf(JobStatus.class);
    for (String value : values) {
      for (String one : value.split(",", -1)) {
        wanted.add(status(one.strip()));
      }
    }
    return wanted.isEmpty() ? EnumSet.allOf(JobStatus.class) : wanted;
  }

  private static JobStatus status(String text) {
    return Arrays.stream(JobStatus.values())
        .filter(status -> status.stored().equals(text))
        .findFirst()
        .orElseThrow(
            () ->
                ApiException.invalidParameter(
                    "status",
                    text,
                    Arrays.stream(JobStatus.values())
                        .map(JobStatus::stored)
                        .collect(Collectors.joining(", ", "one of ", ""))));
  }

  private static int limit(String text) {
    if (text == null) {
      return DEFAULT_LIMIT;
    }
    if (text.matches("\\d{1,3}")
        && Integer.parseInt(text) >= 1
        && Integer.parseInt(text) <= LARGEST_LIMIT) {
      return Integer.parseInt(text);
    }
    throw ApiException.invalidParameter("limit", text, "a whole number from 1 to " + LARGEST_LIMIT);
  }

  /** The text, opaque to clients, that stands for a place. */
  static String cursor(Place place) {
    long micros = ChronoUnit.MICROS.between(Instant.EPOCH, place.createdAt());
    String text = micros + "_" + place.id();
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(text.getBytes(StandardCharsets.US_ASCII));
  }

  private static Place place(String cursor) {
    try {
      String text = new String(Base64.getUrlDecoder().decode(cursor), StandardCharsets.ISO_8859_1);
      if (text.matches(CURSOR)) {
        String[] parts = text.split("_");
        Instant createdAt = Instant.EPOCH.plus(Long.parseLong(parts[0]), ChronoUnit.MICROS);
        if (createdAt.isBefore(END_OF_TIME)) {
          return new Place(createdAt, UUID.fromString(parts[1]));
        }
      }
    } catch (IllegalArgumentException | DateTimeException | ArithmeticException e) {
      // Not a cursor of this service: reported below.
    }
    throw ApiException.invalidParameter("cursor", cursor, "the value of next in an earlier page");
  }
}
