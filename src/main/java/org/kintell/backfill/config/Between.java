package org.kintell.backfill.config;

import jakarta.validation.Constraint;
import jakarta.validation.ConstraintValidator;
import jakarta.validation.ConstraintValidatorContext;
import jakarta.validation.Payload;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.springframework.boot.convert.ApplicationConversionService;

/** Range of a number, a time or a size, both ends included. An empty value is outside of it. */
@Target({ElementType.FIELD, ElementType.PARAMETER})
@Retention(RetentionPolicy.RUNTIME)
@Constraint(validatedBy = Between.Check.class)
public @interface Between {

  /** The lowest value, such as {@code 1}, {@code 100ms} or {@code 1KB}. */
  String from();

  String to();

  String message() default "";

  Class<?>[] groups() default {};

  Class<? extends Payload>[] payload() default {};

  /** Compares a value with both ends, which are converted as the value was. */
  final class Check implements ConstraintValidator<Between, Object> {
    private Between range;

    @Override
    public void initialize(Between annotation) {
      range = annotation;
    }

    @Override
    public boolean isValid(Object value, ConstraintValidatorContext context) {
      context.disableDefaultConstraintViolation();
      context.buildConstraintViolationWithTemplate(describe(range)).addConstraintViolation();
      return value != null && compare(value, range.from()) >= 0 && compare(value, range.to()) <= 0;
    }

    @SuppressWarnings(
        "unchecked") // Numbers, durations and sizes are comparable with their own type.
    private static int compare(Object value, String end) {
      return ((Comparable<Object>) value)
          .compareTo(
              ApplicationConversionService.getSharedInstance().convert(end, value.getClass()));
    }

    /** {@code a time from 100ms to 1h}. */
    public static String describe(Between range) {
      String kind =
          range.to().endsWith("B")
              ? "a size"
              : range.to().matches("\\d+") ? "a whole number" : "a time";
      return "%s from %s to %s".formatted(kind, range.from(), range.to());
    }
  }
}
