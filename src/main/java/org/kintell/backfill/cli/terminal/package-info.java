/** What the command line writes: data, notices and progress, on a terminal and elsewhere. */
package org.kintell.backfill.cli.terminal;
