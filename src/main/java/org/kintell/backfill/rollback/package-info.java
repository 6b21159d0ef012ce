/** Removes the sessions that a job created, chunk by chunk. */
package org.kintell.backfill.rollback;
