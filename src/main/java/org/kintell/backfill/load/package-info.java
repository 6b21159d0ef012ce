/**
 * A chunk on its way into the database: opened from the plan, looked up, routed row by row, and
 * written with its rejects and its ledger row in one transaction.
 */
package org.kintell.backfill.load;
