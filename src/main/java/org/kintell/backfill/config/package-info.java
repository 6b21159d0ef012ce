/** Settings: reading, checking and describing them, and the one line that a wrong setting gets. */
package org.kintell.backfill.config;
