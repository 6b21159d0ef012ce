package org.kintell.backfill.api;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.validation.annotation.Validated;

/**
 * How much may be asked for at once; what is more is refused for now.
 *
 * @param maxUploads uploads received or indexed at the same time
 * @param maxWaitingJobs jobs that wait for their turn
 */
@Validated
@ConfigurationProperties("backfill.limits")
record LimitSettings(
    @Min(value = 1, message = "a whole number from 1 to 128")
        @Max(value = 128, message = "a whole number from 1 to 128")
        int maxUploads,
    @Min(value = 1, message = "a whole number from 1 to 1000000")
        @Max(value = 1_000_000, message = "a whole number from 1 to 1000000")
        int maxWaitingJobs) {}
