/**
 * What HTTP needs beyond the routes: uploads, documents, problems, and waiting without a thread.
 */
package org.kintell.backfill.api;
