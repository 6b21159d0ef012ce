/** What an engineer on call sees of the service as a whole: its start, and the support bundle. */
package org.kintell.backfill.ops;
