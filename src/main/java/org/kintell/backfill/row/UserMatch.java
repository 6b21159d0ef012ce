package org.kintell.backfill.row;

import java.util.UUID;

/** What came of looking an e-mail address up among the users. */
public sealed interface UserMatch {

  /** The address as it stood in the file, trimmed. */
  String email();

  /** Exactly one user. */
  record Found(String email, UUID id) implements UserMatch {}

  /** No user, neither exactly nor in another case. */
  record NotFound(String email) implements UserMatch {}

  /** Not exactly, and several users in other cases. */
  record Ambiguous(String email) implements UserMatch {}

  /** Not an e-mail address; nobody was looked for. */
  record Malformed(String email) implements UserMatch {}

  /** The cell is empty. */
  record Absent() implements UserMatch {
    @Override
    public String email() {
      return "";
    }
  }
}
