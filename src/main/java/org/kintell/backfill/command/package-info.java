/** What the jar does instead of serving, before Spring starts. */
package org.kintell.backfill.command;
