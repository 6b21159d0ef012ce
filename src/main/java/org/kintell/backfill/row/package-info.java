/**
 * One row: its columns, its rules, its messages, and the session that a valid row becomes. Uses
 * neither Camel nor SQL.
 */
package org.kintell.backfill.row;
