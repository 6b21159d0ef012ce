/**
 * Running a job: which process owns it, which chunks it still needs, stops, failures, and its end.
 */
package org.kintell.backfill.job.run;
