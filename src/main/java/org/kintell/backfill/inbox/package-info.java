/**
 * The watched folder, and that of a bucket: takes files, and archives them when their job is over.
 */
package org.kintell.backfill.inbox;
