package org.kintell.backfill.row;

import static java.lang.annotation.ElementType.FIELD;
import static java.lang.annotation.RetentionPolicy.RUNTIME;

import jakarta.validation.Constraint;
import jakarta.validation.ConstraintValidator;
import jakarta.validation.ConstraintValidatorContext;
import jakarta.validation.Payload;
import java.lang.annotation.Repeatable;
import java.lang.annotation.Retention;
import java.lang.annotation.Target;
import org.kintell.backfill.row.UserMatch.Absent;
import org.kintell.backfill.row.UserMatch.Ambiguous;
import org.kintell.backfill.row.UserMatch.Malformed;
import org.kintell.backfill.row.UserMatch.NotFound;

/** A value that must keep a {@link Rule}. The violation carries the rule, and so the message. */
@Target(FIELD)
@Retention(RUNTIME)
@Repeatable(Must.All.class)
@Constraint(validatedBy = {Must.OfText.class, Must.OfUser.class})
public @interface Must {

  Rule be();

  Column in();

  String message() default "";

  Class<?>[] groups() default {};

  Class<? extends Payload>[] payload() default {};

  /** Several rules on one value. */
  @Target(FIELD)
  @Retention(RUNTIME)
  @interface All {
    Must[] value();
  }

  /** Asks the rule itself. */
  final class OfText implements ConstraintValidator<Must, String> {
    private Rule rule;

    @Override
    public void initialize(Must must) {
      rule = must.be();
    }

    @Override
    public boolean isValid(String text, ConstraintValidatorContext context) {
      return rule == Rule.PRESENT ? !text.isEmpty() : text.isEmpty() || rule.accepts(text);
    }
  }

  /** A user that was not found breaks a rule like any malformed value. */
  final class OfUser implements ConstraintValidator<Must, UserMatch> {
    private Class<? extends UserMatch> broken;

    @Override
    public void initialize(Must must) {
      broken =
          switch (must.be()) {
            case PRESENT -> Absent.class;
            case EMAIL -> Malformed.class;
            case PARTICIPANT_FOUND, VOLUNTEER_FOUND -> NotFound.class;
            case PARTICIPANT_UNIQUE, VOLUNTEER_UNIQUE -> Ambiguous.class;
            default -> throw new IllegalArgumentException(must.be() + " is no rule for a user");
          };
    }

    @Override
    public boolean isValid(UserMatch user, ConstraintValidatorContext context) {
      return !broken.isInstance(user);
    }
  }
}
