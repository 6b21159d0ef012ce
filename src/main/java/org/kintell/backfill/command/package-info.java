/** Commands of the jar, which run before Spring starts. */
package org.kintell.backfill.command;
