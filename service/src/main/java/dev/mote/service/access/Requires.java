package dev.mote.service.access;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/// The role that a caller must have for a method of a controller. Every such method carries this or
/// [Open].
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
public @interface Requires {

  /// The role.
  Role value();

  /// Whether the caller must administer the whole service besides.
  boolean system() default false;
}
