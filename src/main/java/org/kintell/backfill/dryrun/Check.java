package org.kintell.backfill.dryrun;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.UUID;

/**
 * A dry run whose client does not wait.
 *
 * @param jobId the job whose file or rejects it checks; absent for an uploaded file
 * @param status {@code waiting}, {@code running}, {@code completed} or {@code failed}
 * @param percentComplete from 0 to 100
 * @param expiresAt when it is removed, with its report
 * @param report present when it is completed
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Check(
    UUID checkId,
    UUID jobId,
    String fileName,
    String status,
    long totalRows,
    long processedRows,
    BigDecimal percentComplete,
    Instant createdAt,
    Instant expiresAt,
    DryRunReport report) {}
