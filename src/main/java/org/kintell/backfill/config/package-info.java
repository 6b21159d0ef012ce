/** Reads, checks and describes settings, and reports a wrong one in one line. */
package org.kintell.backfill.config;
