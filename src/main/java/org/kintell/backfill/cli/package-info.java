/**
 * The commands of {@code kintell}; a program of its own, which knows nothing of the service but its
 * HTTP interface.
 */
package org.kintell.backfill.cli;
