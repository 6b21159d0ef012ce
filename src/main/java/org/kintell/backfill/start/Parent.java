package org.kintell.backfill.start;

import java.util.UUID;

/**
 * The job whose rejects are the rows of another one.
 *
 * @param exclusive whether the rows must not be those of a third job: nobody has touched them, so
 *     two jobs with the same ones are of no use
 */
public record Parent(UUID jobId, boolean exclusive) {}
