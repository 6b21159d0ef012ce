/** What the command line makes of files and jobs for people: steps, outcomes, rejected values. */
package org.kintell.backfill.cli.job;
