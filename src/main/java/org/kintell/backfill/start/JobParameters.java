package org.kintell.backfill.start;

import java.math.BigDecimal;
import java.time.ZoneId;
import java.util.regex.Pattern;
import org.apache.camel.Header;
import org.kintell.backfill.http.problem.ApiException;
import org.kintell.backfill.job.ErrorBudget;
import org.kintell.backfill.job.JobOptions;
import org.kintell.backfill.job.OnDuplicate;
import org.kintell.backfill.reject.ErrorFile;
import org.springframework.stereotype.Component;

/** Parameters of a request for a job, as query or form fields. */
@Component
public class JobParameters {

  private static final Pattern COUNT = Pattern.compile("\\d{1,18}");
  private static final Pattern RATE = Pattern.compile("0(\\.\\d{1,9})?|1(\\.0{1,9})?|\\.\\d{1,9}");

  public JobOptions options(
      @Header("onDuplicate") String onDuplicate,
      @Header("maxErrors") String maxErrors,
      @Header("maxErrorRate") String maxErrorRate) {
    return new JobOptions(policy(onDuplicate), budget(maxErrors, maxErrorRate));
  }

  /** Strict: a misunderstood value must not change anything. */
  public boolean dryRun(@Header("dryRun") String dryRun) {
    return isTrue("dryRun", dryRun);
  }

  /** Strict: a client whose value was misread would wait for a job that never starts. */
  public boolean autostart(@Header("autostart") String autostart) {
    return isTrue("autostart", autostart);
  }

  /** Strict: a client that wants a safe error file must not get another one. */
  public ErrorFile.Form spreadsheet(@Header("spreadsheet") String spreadsheet) {
    if (spreadsheet == null) {
      return ErrorFile.Form.EXACT;
    }
    if (spreadsheet.equals("safe")) {
      return ErrorFile.Form.SPREADSHEET;
    }
    throw ApiException.invalidParameter("spreadsheet", spreadsheet, "safe, or left out");
  }

  /** The zone with an IANA name; an offset is none, because it is wrong half of the year. */
  public static ZoneId zone(String name) {
    if (!ZoneId.getAvailableZoneIds().contains(name)) {
      throw ApiException.invalidParameter(
          "timezone", name, "an IANA name such as Europe/Kyiv or America/New_York");
    }
    return ZoneId.of(name);
  }

  private static boolean isTrue(String name, String value) {
    if (value == null || value.equals("false")) {
      return false;
    }
    if (value.equals("true")) {
      return true;
    }
    throw ApiException.invalidParameter(name, value, "true or false");
  }

  private static OnDuplicate policy(String onDuplicate) {
    return onDuplicate == null
        ? OnDuplicate.REJECT
        : OnDuplicate.of(onDuplicate)
            .orElseThrow(
                () ->
                    ApiException.invalidParameter(
                        "onDuplicate", onDuplicate, "reject, skip or update"));
  }

  /** An error budget, unlimited by default. */
  public static ErrorBudget budget(String maxErrors, String maxErrorRate) {
    if (maxErrors != null && !COUNT.matcher(maxErrors).matches()) {
      throw ApiException.invalidParameter("maxErrors", maxErrors, "a whole number from 0");
    }
    if (maxErrorRate != null && !RATE.matcher(maxErrorRate).matches()) {
      throw ApiException.invalidParameter(
          "maxErrorRate", maxErrorRate, "a number from 0 to 1, where 0.5 is every second row");
    }
    return new ErrorBudget(
        maxErrors == null ? null : Long.valueOf(maxErrors),
        maxErrorRate == null ? null : new BigDecimal(maxErrorRate));
  }
}
