/**
 * A dry run: a job whose sessions are stored nowhere, and the report of what an import would do.
 */
package org.kintell.backfill.dryrun;
