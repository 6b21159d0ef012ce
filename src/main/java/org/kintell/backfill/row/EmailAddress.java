package org.kintell.backfill.row;

import jakarta.validation.Validator;
import jakarta.validation.constraints.Email;

/** An e-mail address, as the standard constraint defines it. */
public record EmailAddress(@Email String text) {

  /** Maximum length of a deliverable address, in characters (RFC 5321, 4.5.3.1). */
  private static final int LONGEST = 320;

  /** Whether a non-empty text is an address. */
  public static boolean isValid(String text, Validator validator) {
    return text.length() <= LONGEST
        && validator.validateValue(EmailAddress.class, "text", text).isEmpty();
  }
}
