/** A dry run: a job that stores no sessions, and its report. */
package org.kintell.backfill.dryrun;
