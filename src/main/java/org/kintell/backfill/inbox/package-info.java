/** The watched folder: how a file is claimed, and where it goes when its job is over. */
package org.kintell.backfill.inbox;
