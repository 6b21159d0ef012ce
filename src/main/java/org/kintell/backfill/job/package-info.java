/**
 * The job: its states and their transitions, its row in the database, its history, and its
 * verification.
 */
package org.kintell.backfill.job;
