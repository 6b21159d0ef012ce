/** One line in the log for the beginning of an outage, and one for its end. */
package org.kintell.backfill.log;
