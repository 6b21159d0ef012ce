/** Turns uploads into jobs: idempotency keys, parents of corrected files, retries, queue limit. */
package org.kintell.backfill.start;
