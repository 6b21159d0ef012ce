/**
 * Events: made of what is committed, published until the broker has acknowledged them, and noted in
 * the ledger.
 */
package org.kintell.backfill.event;
