/** The console: its page, its files, signing in and out. */
package org.kintell.backfill.console;
