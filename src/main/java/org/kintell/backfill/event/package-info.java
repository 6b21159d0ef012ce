/** Publishes events of committed changes until the broker has acknowledged them. */
package org.kintell.backfill.event;
