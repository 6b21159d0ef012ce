package org.kintell.backfill.start;

import jakarta.servlet.http.HttpServletRequest;
import java.math.BigDecimal;
import java.nio.charset.Charset;
import java.time.ZoneId;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.kintell.backfill.file.SourceFile;
import org.kintell.backfill.http.problem.ApiException;
import org.kintell.backfill.http.problem.ProblemType;
import org.kintell.backfill.job.ErrorBudget;
import org.kintell.backfill.job.JobOptions;
import org.kintell.backfill.job.OnDuplicate;
import org.kintell.backfill.reject.ErrorFile;
import org.springframework.web.multipart.MultipartFile;

/** Parameters of requests for jobs, as query or form fields, and their headers. */
public final class JobParameters {

  private static final Pattern COUNT = Pattern.compile("\\d{1,18}");

  /** Visible ASCII characters. */
  private static final Pattern KEY = Pattern.compile("[\\x21-\\x7e]{1,255}");

  private static final Pattern PART_CHARSET =
      Pattern.compile(";\\s*charset\\s*=\\s*[\"']?([^\\s;\"']+)", Pattern.CASE_INSENSITIVE);

  private static final Pattern RATE = Pattern.compile("0(\\.\\d{1,9})?|1(\\.0{1,9})?|\\.\\d{1,9}");

  private JobParameters() {}

  public static JobOptions options(String onDuplicate, String maxErrors, String maxErrorRate) {
    return new JobOptions(policy(onDuplicate), budget(maxErrors, maxErrorRate));
  }

  /** Strict: a misunderstood value must not change anything. */
  public static boolean dryRun(String dryRun) {
    return isTrue("dryRun", dryRun);
  }

  /** Strict: a client whose value was misread would wait for a job that never starts. */
  public static boolean autostart(String autostart) {
    return isTrue("autostart", autostart);
  }

  /** Strict: a client that wants a safe error file must not get another one. */
  public static ErrorFile.Form spreadsheet(String spreadsheet) {
    if (spreadsheet == null) {
      return ErrorFile.Form.EXACT;
    }
    if (spreadsheet.equals("safe")) {
      return ErrorFile.Form.SPREADSHEET;
    }
    throw ApiException.invalidParameter("spreadsheet", spreadsheet, "safe, or left out");
  }

  /** The zone with an IANA name. An offset is refused, because it is wrong half of the year. */
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

  /** A query parameter or a form field, else what the file's part says of itself; or another. */
  public static Charset charset(HttpServletRequest request, MultipartFile file, Charset other) {
    String[] names = request.getParameterValues("charset");
    if (names == null) {
      String ofPart = charsetOf(file);
      if (ofPart == null) {
        return other;
      }
      names = new String[] {ofPart};
    }
    return Optional.of(names)
        .filter(given -> given.length == 1)
        .flatMap(given -> SourceFile.charset(given[0]))
        .orElseThrow(
            () ->
                new ApiException(
                    ProblemType.UNKNOWN_CHARSET, String.join(", ", SourceFile.CHARSETS)));
  }

  /** The charset in the content type of the file's part; null if it names none. */
  private static String charsetOf(MultipartFile file) {
    String type = file.getContentType();
    Matcher charset = PART_CHARSET.matcher(type == null ? "" : type);
    return charset.find() ? charset.group(1) : null;
  }

  /** A query parameter or a form field; null if there is none. */
  public static ZoneId zone(HttpServletRequest request) {
    String[] names = request.getParameterValues("timezone");
    return names == null ? null : zone(String.join(", ", names));
  }

  /** The value of {@code Idempotency-Key}, or null. */
  public static String idempotencyKey(HttpServletRequest request) {
    List<String> keys = Collections.list(request.getHeaders("Idempotency-Key"));
    if (keys.isEmpty()) {
      return null;
    }
    if (keys.size() > 1 || !KEY.matcher(keys.get(0)).matches()) {
      throw new ApiException(ProblemType.INVALID_IDEMPOTENCY_KEY);
    }
    return keys.get(0);
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
