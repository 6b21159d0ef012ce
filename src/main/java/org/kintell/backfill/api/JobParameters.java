package org.kintell.backfill.api;

import java.math.BigDecimal;
import java.util.regex.Pattern;
import org.apache.camel.Header;
import org.kintell.backfill.job.ErrorBudget;
import org.kintell.backfill.job.JobOptions;
import org.kintell.backfill.job.OnDuplicate;
import org.springframework.stereotype.Component;

/** The parameters of a request that say how a job is to be run, as query or form fields. */
@Component
public class JobParameters {

  private static final Pattern COUNT = Pattern.compile("\\d{1,18}");
  private static final Pattern RATE = Pattern.compile("0(\\.\\d{1,9})?|1(\\.0{1,9})?|\\.\\d{1,9}");

  /** What was chosen for a new job. */
  public JobOptions options(
      @Header("onDuplicate") String onDuplicate,
      @Header("maxErrors") String maxErrors,
      @Header("maxErrorRate") String maxErrorRate) {
    return new JobOptions(policy(onDuplicate), budget(maxErrors, maxErrorRate));
  }

  /** Whether only to say what would be done. Whatever is no clear answer must not do it. */
  public boolean dryRun(@Header("dryRun") String dryRun) {
    if (dryRun == null || dryRun.equals("false")) {
      return false;
    }
    if (dryRun.equals("true")) {
      return true;
    }
    throw ProblemException.badParameter("dryRun", dryRun, "true or false");
  }

  private static OnDuplicate policy(String onDuplicate) {
    return onDuplicate == null
        ? OnDuplicate.REJECT
        : OnDuplicate.of(onDuplicate)
            .orElseThrow(
                () ->
                    ProblemException.badParameter(
                        "onDuplicate", onDuplicate, "reject, skip or update"));
  }

  /** An error budget; unlimited where nothing is given. */
  static ErrorBudget budget(String maxErrors, String maxErrorRate) {
    if (maxErrors != null && !COUNT.matcher(maxErrors).matches()) {
      throw ProblemException.badParameter("maxErrors", maxErrors, "a whole number from 0");
    }
    if (maxErrorRate != null && !RATE.matcher(maxErrorRate).matches()) {
      throw ProblemException.badParameter(
          "maxErrorRate", maxErrorRate, "a number from 0 to 1, where 0.5 is every second row");
    }
    return new ErrorBudget(
        maxErrors == null ? null : Long.valueOf(maxErrors),
        maxErrorRate == null ? null : new BigDecimal(maxErrorRate));
  }
}
