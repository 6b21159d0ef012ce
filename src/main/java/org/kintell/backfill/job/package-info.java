/**
 * The job: its states and their transitions, what the database keeps of it, who owns it, and the
 * feeding of its chunks to the loaders.
 */
package org.kintell.backfill.job;
