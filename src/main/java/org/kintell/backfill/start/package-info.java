/**
 * Turns uploads into jobs: idempotency keys, parents of corrected files, retries, queue limit.
 * Checks that a job may start or continue.
 */
package org.kintell.backfill.start;
