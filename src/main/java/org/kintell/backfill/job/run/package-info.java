/** Running a job: loaders, budget, stops, failures, and its end. */
package org.kintell.backfill.job.run;
