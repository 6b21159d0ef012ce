/** The parts that a bare machine gets when it names none of its own. */
package org.kintell.backfill.embedded;
