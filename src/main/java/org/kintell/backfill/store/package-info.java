/** Where the files of the jobs are kept: the data folder, or a bucket of an object store. */
package org.kintell.backfill.store;
