package org.kintell.backfill.load;

import java.util.List;
import org.kintell.backfill.row.Fault;
import org.kintell.backfill.row.UserMatch;

/**
 * A parsed row with its users looked up.
 *
 * @param number counts data rows from 1
 * @param cells of any count; empty when there is a fault
 * @param participant the match of the address; null when there is a fault
 * @param volunteer likewise
 * @param fault why the row cannot be read, or null
 */
public record UnboundRow(
    long number, List<String> cells, UserMatch participant, UserMatch volunteer, Fault fault) {}
