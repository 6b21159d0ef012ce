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
 * A row whose values and users obey the rules of their columns. Each value that breaks a rule is a
 * violation with the column's name as its path.
 *
 * <p>One constraint for the row, not one for each value: most rows are valid, and reaching a value
 * costs a validator more than checking it.
 */
@Target(TYPE)
@Retention(RUNTIME)
@Constraint(validatedBy = Conforms.Check.class)
public @interface Conforms {

  String message() default "";

  Class<?>[] groups() default {};

  Class<? extends Payload>[] payload() default {};

  /** Checks every column. */
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
