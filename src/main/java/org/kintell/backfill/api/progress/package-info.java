/** Streams of server-sent events: one job, or the whole list; and the pace of a job so far. */
package org.kintell.backfill.api.progress;
