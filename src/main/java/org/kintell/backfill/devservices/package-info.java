/**
 * Servers for a bare machine whose settings name none: PostgreSQL, NATS, a stand-in for the users
 * API.
 */
package org.kintell.backfill.devservices;
