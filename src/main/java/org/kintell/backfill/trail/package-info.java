/** Audit trail: the actor of each thread, and the append-only table of actions. */
package org.kintell.backfill.trail;
