package org.kintell.backfill.load;

import java.util.List;
import org.kintell.backfill.row.Rule;
import org.kintell.backfill.row.UserMatch;

/**
 * A row as the CSV parser gave it, with its users looked up.
 *
 * @param number counts data rows from 1
 * @param cells of any count; empty when there is a fault
 * @param participant what the address in its column matches; null where there is a fault
 * @param volunteer likewise
 * @param fault why the row cannot be read, or null
 */
public record UnboundRow(
    long number, List<String> cells, UserMatch participant, UserMatch volunteer, Rule fault) {}
