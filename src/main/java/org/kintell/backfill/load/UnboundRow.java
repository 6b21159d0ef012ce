package org.kintell.backfill.load;

import java.util.List;
import org.kintell.backfill.row.Rule;

/**
 * A row as the CSV parser gave it.
 *
 * @param number counts data rows from 1
 * @param cells of any count; empty when there is a fault
 * @param fault why the row cannot be read, or null
 */
record UnboundRow(long number, List<String> cells, Rule fault) {}
