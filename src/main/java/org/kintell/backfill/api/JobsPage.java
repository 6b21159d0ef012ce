package org.kintell.backfill.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import org.kintell.backfill.job.JobDocument;

/**
 * Some jobs, the newest first.
 *
 * @param next what the parameter {@code cursor} must be to get older ones; absent when there are
 *     none
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record JobsPage(List<JobDocument> jobs, String next) {}
