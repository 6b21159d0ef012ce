/**
 * A chunk and its rows: read, looked up, and routed row by row. Knows what a chunk is, not how it
 * is written.
 */
package org.kintell.backfill.load;
