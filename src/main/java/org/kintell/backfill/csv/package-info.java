/** CSV byte by byte: records, headers, and the index that cuts a file into chunks. */
package org.kintell.backfill.csv;
