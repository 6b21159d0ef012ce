/** What JMX clients such as Hawtio see and set: the jobs, and the settings that can change live. */
package org.kintell.backfill.console;
