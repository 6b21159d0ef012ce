/**
 * A chunk and its rows: opens it, looks up its users, and decides each row. Does not know how a
 * chunk is written.
 */
package org.kintell.backfill.load;
