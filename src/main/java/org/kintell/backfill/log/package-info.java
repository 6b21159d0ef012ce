/** Log format, and one line for the beginning and the end of an outage. */
package org.kintell.backfill.log;
