/** One line in the log, instead of many, for an outage, for its end, and for a lack of memory. */
package org.kintell.backfill.log;
