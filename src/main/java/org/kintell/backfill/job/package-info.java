/**
 * The job: its states, its options, its row in the database, its document, its verification; and
 * this process as the owner of jobs and chunks.
 */
package org.kintell.backfill.job;
