/** A chunk on its way into the tables: COPY, duplicates, refused values, all in one transaction. */
package org.kintell.backfill.load.write;
