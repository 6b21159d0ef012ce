/**
 * The connection to PostgreSQL: its settings, the schema, COPY, and whether the database can be
 * reached.
 */
package org.kintell.backfill.database;
