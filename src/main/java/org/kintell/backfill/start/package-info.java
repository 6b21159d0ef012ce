/**
 * An upload becomes a job: idempotency keys, the parent of a corrected file, retries, the limit of
 * waiting jobs.
 */
package org.kintell.backfill.start;
