/** Settings of the log, and one line when an outage begins and one when it ends. */
package org.kintell.backfill.log;
