/**
 * A chunk and its rows: claims it, reads its records, looks up its users, and decides each row.
 * Does not know how a chunk is written.
 */
package org.kintell.backfill.load;
