package dev.mote.builder;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.IOException;

/// JSON text of maps, lists, records, strings and numbers.
public final class Json {

  private static final JSON WRITER =
      JSON.std
          .with(JSON.Feature.PRETTY_PRINT_OUTPUT)
          .with(JSON.Feature.PRESERVE_FIELD_ORDERING)
          .without(JSON.Feature.FLUSH_AFTER_WRITE_VALUE);

  private Json() {}

  public static String text(Object value) {
    try {
      return WRITER.asString(value);
    } catch (IOException e) {
      throw new IllegalArgumentException("a result has no JSON form: " + value, e);
    }
  }
}
