package org.kintell.backfill.config;

import jakarta.validation.Constraint;
import jakarta.validation.ConstraintValidator;
import jakarta.validation.ConstraintValidatorContext;
import jakarta.validation.Payload;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.springframework.util.unit.DataSize;

/** How large a size may be set, as there are limits for times and numbers. */
@Target(ElementType.FIELD)
@Retention(RetentionPolicy.RUNTIME)
@Constraint(validatedBy = SizeRange.Check.class)
public @interface SizeRange {

  /** In bytes. */
  long min();

  /** In bytes. */
  long max() default Long.MAX_VALUE;

  String message();

  Class<?>[] groups() default {};

  Class<? extends Payload>[] payload() default {};

  /** Holds a size against the limits. */
  final class Check implements ConstraintValidator<SizeRange, DataSize> {
    private SizeRange range;

    @Override
    public void initialize(SizeRange annotation) {
      range = annotation;
    }

    @Override
    public boolean isValid(DataSize size, ConstraintValidatorContext context) {
      return size == null || (size.toBytes() >= range.min() && size.toBytes() <= range.max());
    }
  }
}
