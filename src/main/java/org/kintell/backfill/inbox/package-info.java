/** The watched folder: claims files, and archives them when their job is over. */
package org.kintell.backfill.inbox;
