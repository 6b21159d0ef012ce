/**
 * The connection to PostgreSQL: settings of its sessions, and whether the database can be reached.
 */
package org.kintell.backfill.database;
