/**
 * The parts that a bare machine gets when it names none of its own: PostgreSQL, NATS, a stand- in
 * for the users API.
 */
package org.kintell.backfill.devservices;
