package org.kintell.backfill.row;

import java.util.UUID;

/** The result of looking up an e-mail address among the users. */
public sealed interface UserMatch {

  /** The trimmed address from the file. */
  String email();

  /** Exactly one user. */
  record Found(String email, UUID id) implements UserMatch {}

  /** No user, in any case. */
  record NotFound(String email) implements UserMatch {}

  /** No exact match, and several users that differ in case only. */
  record Ambiguous(String email) implements UserMatch {}

  /** Not an e-mail address, so it was not looked up. */
  record Malformed(String email) implements UserMatch {}

  /** The cell is empty. */
  record Absent() implements UserMatch {
    @Override
    public String email() {
      return "";
    }
  }
}
