/** Requests of HTTP clients about jobs, and the documents that answer them. */
package org.kintell.backfill.api;
