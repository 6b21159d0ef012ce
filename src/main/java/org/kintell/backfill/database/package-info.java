/** The connection to PostgreSQL: settings, schema, COPY and outages. */
package org.kintell.backfill.database;
