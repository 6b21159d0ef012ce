/** What HTTP clients ask of jobs, and the documents that answer. */
package org.kintell.backfill.api;
