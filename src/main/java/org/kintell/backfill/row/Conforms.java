package org.kintell.backfill.row;

import static java.lang.annotation.ElementType.FIELD;
import static java.lang.annotation.RetentionPolicy.RUNTIME;

import jakarta.validation.Constraint;
import jakarta.validation.ConstraintValidator;
import jakarta.validation.ConstraintValidatorContext;
import jakarta.validation.Payload;
import java.lang.annotation.Retention;
import java.lang.annotation.Target;

/** A value that keeps the rules of its column. An unknown user breaks one like any other value. */
@Target(FIELD)
@Retention(RUNTIME)
@Constraint(validatedBy = {Conforms.OfText.class, Conforms.OfUser.class})
public @interface Conforms {

  /** The column. */
  Column to();

  String message() default "";

  Class<?>[] groups() default {};

  Class<? extends Payload>[] payload() default {};

  /** A value as text. */
  final class OfText implements ConstraintValidator<Conforms, String> {
    private Column column;

    @Override
    public void initialize(Conforms conforms) {
      column = conforms.to();
    }

    @Override
    public boolean isValid(String text, ConstraintValidatorContext context) {
      return column.brokenBy(text) == null;
    }
  }

  /** A user by e-mail address. */
  final class OfUser implements ConstraintValidator<Conforms, UserMatch> {
    private Column column;

    @Override
    public void initialize(Conforms conforms) {
      column = conforms.to();
    }

    @Override
    public boolean isValid(UserMatch user, ConstraintValidatorContext context) {
      return column.brokenBy(user) == null;
    }
  }
}
