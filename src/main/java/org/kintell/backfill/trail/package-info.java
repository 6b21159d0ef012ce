/** Who did what: the actor of each thread, and the append-only table of what actors did. */
package org.kintell.backfill.trail;
