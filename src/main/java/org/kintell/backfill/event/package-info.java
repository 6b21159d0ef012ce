/**
 * Events: read from committed sessions, published until the broker has acknowledged them, and noted
 * in the ledger.
 */
package org.kintell.backfill.event;
