/** Controllers for jobs, and the documents that they answer. */
package org.kintell.backfill.api;
