/** Who did what: the actor of each thread, and the table that keeps what actors did. */
package org.kintell.backfill.trail;
