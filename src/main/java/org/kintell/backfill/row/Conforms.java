package org.kintell.backfill.row;

import static java.lang.annotation.ElementType.TYPE;
import static java.lang.annotation.RetentionPolicy.RUNTIME;

import jakarta.validation.Constraint;
import jakarta.validation.ConstraintValidator;
import jakarta.validation.ConstraintValidatorContext;
import jakarta.validation.Payload;
import java.lang.annotation.Retention;
import java.lang.annotation.Target;

/**
 * A row whose values keep the rules of their columns. An unknown user breaks one like any other
 * value. There is a violation for each value that does not, with the column's name as its path.
 *
 * <p>One constraint of the row and not one of each value: for a row without faults, which most are,
 * a validator spends more on getting to a value than on looking at it.
 */
@Target(TYPE)
@Retention(RUNTIME)
@Constraint(validatedBy = Conforms.Check.class)
public @interface Conforms {

  String message() default "";

  Class<?>[] groups() default {};

  Class<? extends Payload>[] payload() default {};

  /** Asks every column. */
  final class Check implements ConstraintValidator<Conforms, SessionRow> {

    @Override
    public boolean isValid(SessionRow row, ConstraintValidatorContext context) {
      boolean valid = true;
      for (Column column : Column.ALL) {
        if (row.brokenRule(column) != null) {
          if (valid) {
            context.disableDefaultConstraintViolation();
            valid = false;
          }
          context
              .buildConstraintViolationWithTemplate("")
              .addPropertyNode(column.name())
              .addConstraintViolation();
        }
      }
      return valid;
    }
  }
}
